import { Button, Group, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { OperationInput, OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { fieldError } from '../../api/field-errors.ts';
import { useAction, useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';
import { Panel } from '../../components/panel.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { actsColumn } from '../../components/table-columns.tsx';
import { plural } from '../../components/time.ts';
import { TwoLines } from '../../components/two-lines.tsx';
import { PermissionChoice } from '../keys/permission-choice.tsx';
import { abilityList } from '../keys/permission-words.ts';
import { AccessSection } from './access-section.tsx';

type Roles = OperationOutput<'roles.list'>;
type CustomRole = Roles['custom'][number];
type Permissions = OperationInput<'roles.create'>['body']['permissions'];
const refreshes = ['roles.list'] as const;

/** What the roles of projects may do, and roles of one's own. */
export function RolesPage() {
  const roles = useApi('roles.list');
  const mayManage = useMay('user.manage');
  const [editing, setEditing] = useState<CustomRole | 'new'>();
  const [removing, setRemoving] = useState<CustomRole>();
  return (
    <AccessSection
      title="Roles"
      lead="What somebody with a role in a project may do there. Four are built in; make others where these do not fit."
      actions={
        mayManage && (
          <Button leftSection={<IconPlus size={16} stroke={1.7} />} onClick={() => setEditing('new')}>
            New role
          </Button>
        )
      }
    >
      <Answer query={roles}>
        {data => (
          <>
            <Panel title="Made here" flush>
              {data.custom.length === 0 ? (
                <EmptyState title="None yet">The built-in roles are all there is.</EmptyState>
              ) : (
                <CustomRoles
                  roles={data.custom}
                  onEdit={mayManage ? setEditing : undefined}
                  onRemove={mayManage ? setRemoving : undefined}
                />
              )}
            </Panel>
            <Panel title="Built in" flush>
              <DataTable
                label="Built-in roles"
                rows={data.builtIn}
                rowKey={({ id }) => id}
                columns={[
                  { key: 'role', header: 'Role', width: '110px', narrow: 'title', cell: ({ name }) => name },
                  {
                    key: 'may',
                    header: 'May',
                    width: 'minmax(0, 6fr)',
                    cell: ({ permissions }) => abilityList(permissions),
                  },
                ]}
              />
            </Panel>
            {editing !== undefined && (
              <RoleDialog
                role={editing === 'new' ? undefined : editing}
                available={data.available}
                onClose={() => setEditing(undefined)}
              />
            )}
          </>
        )}
      </Answer>
      {removing && <Removing role={removing} onClose={() => setRemoving(undefined)} />}
    </AccessSection>
  );
}

function CustomRoles({
  roles,
  onEdit,
  onRemove,
}: {
  roles: readonly CustomRole[];
  onEdit: ((role: CustomRole) => void) | undefined;
  onRemove: ((role: CustomRole) => void) | undefined;
}) {
  return (
    <DataTable
      label="Roles made here"
      rows={roles}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'role',
          header: 'Role',
          narrow: 'title',
          cell: ({ description, name }) => <TwoLines below={description !== '' && description}>{name}</TwoLines>,
        },
        {
          key: 'may',
          header: 'May',
          width: 'minmax(0, 4fr)',
          cell: ({ permissions }) => abilityList(permissions),
        },
        {
          key: 'held',
          header: 'Held by',
          width: 'minmax(0, 1.4fr)',
          cell: ({ grants, members }) => `${plural(members, 'person', 'people')}, ${plural(grants, 'group')}`,
        },
        {
          ...actsColumn,
          width: '150px',
          cell: role => (
            <Group gap={6} justify="flex-end">
              {onEdit && <RowButton onClick={() => onEdit(role)}>Change</RowButton>}
              {onRemove && (
                <RowButton disabled={role.members + role.grants > 0} onClick={() => onRemove(role)}>
                  Delete
                </RowButton>
              )}
            </Group>
          ),
        },
      ]}
    />
  );
}

function RoleDialog({
  role,
  available,
  onClose,
}: {
  role: CustomRole | undefined;
  available: readonly string[];
  onClose: () => void;
}) {
  const [draft, setDraft] = useState({ name: role?.name ?? '', description: role?.description ?? '' });
  const [may, setMay] = useState<string[]>(role?.permissions ?? ['project.read', 'workflow.read']);
  const create = useAction('roles.create', { refreshes, onDone: onClose });
  const update = useAction('roles.update', { refreshes, onDone: onClose });
  const action = role === undefined ? create : update;
  const submit = () => {
    // The choice holds permissions of the contract only.
    const body = { name: draft.name.trim(), description: draft.description.trim(), permissions: may as Permissions };
    if (role === undefined) create.mutate({ body });
    else update.mutate({ params: { id: role.id }, body });
  };
  return (
    <FormDialog
      title={role === undefined ? 'New role' : `Change ${role.name}`}
      size="lg"
      act={role === undefined ? 'Make the role' : 'Save'}
      action={action}
      isReady={may.length > 0}
      onSubmit={submit}
      onClose={onClose}
    >
      <NameField
        maxLength={60}
        error={action.error}
        value={draft.name}
        onChange={name => setDraft({ ...draft, name })}
      />
      <TextInput
        label="What it is for"
        maxLength={300}
        value={draft.description}
        onChange={event => setDraft({ ...draft, description: event.currentTarget.value })}
      />
      <PermissionChoice
        value={may}
        available={available}
        error={fieldError(action.error, 'permissions')}
        onChange={setMay}
      />
      {role !== undefined && role.members + role.grants > 0 && (
        <p className="quiet">Whoever holds it may do the new set with the next request.</p>
      )}
    </FormDialog>
  );
}

function Removing({ role, onClose }: { role: CustomRole; onClose: () => void }) {
  const remove = useAction('roles.delete', { refreshes, onDone: onClose });
  return (
    <ConfirmDialog
      title={`Delete ${role.name}`}
      act="Delete"
      isDangerous
      action={remove}
      onClose={onClose}
      onConfirm={() => remove.mutate({ params: { id: role.id } })}
    >
      Nobody and no group holds it.
    </ConfirmDialog>
  );
}
