import { IconChevronRight, IconCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../../components/empty-state.tsx';
import { portalPath } from './gate-state.ts';
import styles from './todo-list.module.css';

/** What is left to do, each with the way to where it is done. */
export function TodoList({ items }: { items: readonly { id: string; text: string; link: string }[] }) {
  if (items.length === 0) {
    return <EmptyState title="Nothing is left to do">New advice appears here when something changes.</EmptyState>;
  }
  return (
    <ul className={styles.list}>
      {items.map(item => {
        const path = portalPath(item.link);
        return (
          <li key={item.id}>
            {path === undefined ? (
              <span className={styles.item}>
                <IconCircle size={18} stroke={1.5} aria-hidden />
                <span>{item.text}</span>
              </span>
            ) : (
              <Link to={path} className={styles.item}>
                <IconCircle size={18} stroke={1.5} aria-hidden />
                <span>{item.text}</span>
                <IconChevronRight size={16} stroke={1.5} aria-hidden />
              </Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}
