import styles from './platform-mark.module.css';

const letters: Readonly<Record<string, string>> = { n8n: 'n8n', flowise: 'Fl', generic: 'www' };

/** A small tile that tells platforms apart at a glance. */
export function PlatformMark({ platform }: { platform: string }) {
  return (
    <span className={styles.mark} data-platform={platform} aria-hidden>
      {letters[platform] ?? platform.slice(0, 2)}
    </span>
  );
}
