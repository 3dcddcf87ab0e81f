import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { isApiProblem } from '../../../src/admin/client.ts';
import styles from './problem-notice.module.css';

export interface ProblemNoticeProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, in the API's own words, with the request id under which the log tells more; nothing where nothing did. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  if (error === null) return null;
  const problem = describe(error);
  return (
    <div className={styles.notice} role="alert">
      <IconAlertTriangle size={18} stroke={1.7} className={styles.icon} aria-hidden />
      <div className={styles.text}>
        <strong>{problem.title}</strong>
        {problem.detail !== undefined && problem.detail !== problem.title && problem.errors.length === 0 && (
          <p>{problem.detail}</p>
        )}
        {problem.errors.length > 0 && (
          <ul>
            {problem.errors.map(entry => (
              <li key={`${entry.path} ${entry.message}`}>
                <code>{entry.path}</code>: {entry.message}
              </li>
            ))}
          </ul>
        )}
        {problem.requestId !== undefined && (
          <p className={styles.request}>
            Request <code>{problem.requestId}</code>
          </p>
        )}
      </div>
      {onRetry && (
        <Button size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

interface Described {
  readonly title: string;
  readonly detail: string | undefined;
  readonly requestId?: string | undefined;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

function describe(error: unknown): Described {
  if (isApiProblem(error, 'admin.step_up')) {
    return { title: 'Nothing was changed', detail: 'This needs fresh proof that it is you.', errors: [] };
  }
  if (isApiProblem(error)) return error;
  if (error instanceof Error && error.cause instanceof DOMException)
    return { title: 'Nothing was changed', detail: error.message, errors: [] };
  return { title: 'The page failed', detail: error instanceof Error ? error.message : undefined, errors: [] };
}
