import { Link } from '@tanstack/react-router';
import { useApi } from '../api/queries.ts';
import { Logo } from '../components/logo.tsx';
import { ColorSchemeChoice } from './color-scheme-choice.tsx';
import { IncidentLookup } from './incident-lookup.tsx';
import { visibleDestinations } from './navigation.ts';
import styles from './rail.module.css';
import { SignOutButton } from './sign-out-button.tsx';

/** The way between the pages, and who is signed in. */
export function Rail() {
  const { data: me } = useApi('me.get', undefined, { staleTime: 60_000 });
  return (
    <div className={styles.rail}>
      <div className={styles.brand}>
        <Logo />
        <span>Sallyport</span>
      </div>
      <nav aria-label="Main" className={styles.nav}>
        <ul>
          {(me === undefined ? [] : visibleDestinations(me.permissions)).map(entry => (
            <li key={entry.to}>
              <Link
                to={entry.to}
                activeOptions={{ exact: entry.to === '/', includeSearch: false }}
                className={styles.link}
              >
                <entry.icon size={18} stroke={1.6} aria-hidden />
                {entry.label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {me?.permissions.includes('audit.read') && <IncidentLookup />}
      <div className={styles.foot}>
        <ColorSchemeChoice />
        {me && (
          <div className={styles.person}>
            <Link to="/profile" className={styles.profile}>
              <span className={styles.initials} aria-hidden>
                {initials(me.person.name)}
              </span>
              <span className={styles.name}>
                <span>{me.person.name}</span>
                <small>{me.person.role}</small>
              </span>
            </Link>
            <SignOutButton />
          </div>
        )}
        {me && <p className={styles.version}>Version {me.version}</p>}
      </div>
    </div>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(word => word !== '');
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map(word => word?.[0]?.toUpperCase() ?? '')
    .join('');
}
