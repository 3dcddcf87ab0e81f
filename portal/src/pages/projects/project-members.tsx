import { ActionIcon, Select } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { actsColumn } from '../../components/table-columns.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { roleLabel } from '../../roles.ts';
import { NewMember } from './new-member.tsx';
import type { Project } from './projects-page.tsx';
import { useRoleChoices } from './use-role-choices.ts';

type Member = OperationOutput<'projects.listMembers'>['members'][number];

/** Who belongs to the project, with which role. */
export function ProjectMembers({ project, mayManage }: { project: Project; mayManage: boolean }) {
  const input = { params: { id: project.id } };
  const members = useApi('projects.listMembers', input);
  const roles = useRoleChoices();
  const refreshes = ['projects.listMembers', 'projects.list', 'me.get'] as const;
  const setRole = useAction('projects.setMember', { refreshes });
  const remove = useAction('projects.removeMember', { refreshes });
  const error = setRole.error ?? remove.error;
  const path = (member: Member) => ({ id: project.id, userId: member.userId });
  return (
    <Panel title="Members" flush>
      <ProblemNotice error={error} />
      <Answer query={members}>
        {data => (
          <DataTable
            label="Members"
            rows={data.members}
            rowKey={member => member.userId}
            columns={[
              {
                key: 'person',
                header: 'Person',
                narrow: 'title',
                cell: member => <TwoLines below={member.email}>{member.name}</TwoLines>,
              },
              {
                key: 'role',
                header: 'Role',
                width: '132px',
                cell: member =>
                  mayManage ? (
                    <Select
                      size="xs"
                      aria-label={`Role of ${member.name}`}
                      data={[...roles]}
                      value={member.role}
                      onChange={role => {
                        if (role !== null && role !== member.role)
                          setRole.mutate({ params: path(member), body: { role } });
                      }}
                    />
                  ) : (
                    (roles.find(one => one.value === member.role)?.label ?? roleLabel(member.role))
                  ),
              },
              {
                ...actsColumn,
                width: '36px',
                cell: member =>
                  mayManage && (
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Take ${member.name} out`}
                      title={`Take ${member.name} out`}
                      onClick={() => remove.mutate({ params: path(member) })}
                    >
                      <IconUserMinus size={17} stroke={1.6} />
                    </ActionIcon>
                  ),
              },
            ]}
            empty={<EmptyState title="Nobody belongs to this project">Add the people who work in it.</EmptyState>}
          />
        )}
      </Answer>
      {mayManage && <NewMember project={project} present={members.data?.members.map(member => member.userId) ?? []} />}
    </Panel>
  );
}
