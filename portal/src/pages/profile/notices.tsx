import { Button } from '@mantine/core';
import { useAction, useApi } from '../../api/queries.ts';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import styles from './profile-page.module.css';

/** What happened to the account, so that its owner sees what was not theirs. */
export function Notices() {
  const notices = useApi('me.listNotices');
  const read = useAction('me.readNotices', { refreshes: ['me.listNotices'] });
  const shown = notices.data?.notices ?? [];
  if (shown.length === 0) return null;
  return (
    <Panel
      title="What happened to your account"
      note="Something that was not you? Change your password, and tell an Administrator."
      actions={
        shown.some(notice => !notice.read) && (
          <Button size="xs" variant="default" loading={read.isPending} onClick={() => read.mutate({})}>
            Mark as read
          </Button>
        )
      }
    >
      <ul className={styles.notices}>
        {shown.slice(0, 12).map(notice => (
          <li key={notice.id} data-new={!notice.read || undefined}>
            <span>
              {notice.text}
              <small>
                <Moment time={notice.at} />
                {notice.clientIp !== null && ` from ${notice.clientIp}`}
                {notice.by !== null && `, by ${notice.by}`}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
