import { Button, Group as Row, Stack } from '@mantine/core';
import type { OperationInput, OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { plural } from '../../components/time.ts';
import type { Grant } from './group-grants.tsx';
import styles from './groups.module.css';
import type { Group } from './sources.ts';

export type GrantChange =
  | { readonly kind: 'add'; readonly target: OperationInput<'grants.create'>['body'] }
  | { readonly kind: 'remove'; readonly grant: Grant };

type Preview = OperationOutput<'grants.preview'>;
const refreshes = ['grants.list', 'access.ofPerson', 'projects.listMembers', 'me.get'] as const;

/** Who would gain and lose what, before it is done. */
export function GrantPreview({ change, group, onClose }: { change: GrantChange; group: Group; onClose: () => void }) {
  const body = change.kind === 'add' ? { add: [change.target] } : { remove: [change.grant.id] };
  const preview = useApi('grants.preview', { body }, { staleTime: 0, gcTime: 0 });
  const create = useAction('grants.create', { refreshes, onDone: onClose });
  const remove = useAction('grants.delete', { refreshes, onDone: onClose });
  const action = change.kind === 'add' ? create : remove;
  const confirm = () => {
    if (change.kind === 'add') create.mutate({ body: change.target });
    else remove.mutate({ params: { id: change.grant.id } });
  };
  return (
    <Dialog onClose={onClose} title={change.kind === 'add' ? `Grant to ${group.name}` : `Take back from ${group.name}`}>
      <Stack gap="md">
        <Answer query={preview}>{data => <Effects preview={data} />}</Answer>
        <ProblemNotice error={action.error} />
        <Row justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color={change.kind === 'add' ? 'verdigris' : 'rust'}
            disabled={preview.data === undefined || preview.data.refused.length > 0}
            loading={action.isPending}
            onClick={confirm}
          >
            {change.kind === 'add' ? 'Grant' : 'Take back'}
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}

function Effects({ preview }: { preview: Preview }) {
  const { gaining, losing, people, refused, unchanged } = preview;
  const [first] = refused;
  if (first !== undefined) return <p>You cannot grant this: {first.reason}.</p>;
  if (gaining + losing === 0) {
    return (
      <p>
        Nothing changes for anybody now
        {unchanged > 0 && `: ${plural(unchanged, 'person has', 'people have')} as much already`}.
      </p>
    );
  }
  return (
    <>
      <p>
        {gaining > 0 && `${plural(gaining, 'person gains', 'people gain')} something. `}
        {losing > 0 && `${plural(losing, 'person loses', 'people lose')} something. `}
        {unchanged > 0 && `For ${unchanged} nothing changes.`}
      </p>
      <ul className={styles.changes}>
        {people.map(person => (
          <li key={person.userId}>
            {person.name}
            <small>{person.email}</small>
            {person.gains.map(held => (
              <small key={`+${held.project}${held.role}`}>gains {inWords(held)}</small>
            ))}
            {person.loses.map(held => (
              <small key={`-${held.project}${held.role}`}>loses {inWords(held)}</small>
            ))}
          </li>
        ))}
      </ul>
      {preview.next !== null && <p className="quiet">The first {people.length} are shown.</p>}
    </>
  );
}

const inWords = (held: { readonly roleName: string; readonly projectName: string | null }) =>
  `${held.roleName} ${held.projectName === null ? 'of the gate' : `in ${held.projectName}`}`;
