import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SessionTable } from '../../components/session-table.tsx';

/** Where one is signed in; each session but this one can be ended here. */
export function OwnSessions() {
  const sessions = useApi('me.listSessions');
  const end = useAction('me.endSession', { refreshes: ['me.listSessions'] });
  return (
    <Panel title="Your sessions" note="End any that you do not know, then change your password." flush>
      <ProblemNotice error={end.error} />
      <Answer query={sessions}>
        {data => (
          <SessionTable
            sessions={data.sessions}
            ending={end.isPending ? end.variables.params.id : undefined}
            onEnd={session => end.mutate({ params: { id: session.id } })}
          />
        )}
      </Answer>
    </Panel>
  );
}
