import { Button, Stack, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import type { Me } from '../../api/queries.ts';
import { useAction } from '../../api/queries.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { roleLabel } from '../../roles.ts';
import styles from './profile-page.module.css';

/** The own name, and what one is here. */
export function NameForm({ me }: { me: Me }) {
  const [name, setName] = useState(me.person.name);
  const update = useAction('me.update', { refreshes: ['me.get', 'users.list', 'users.get'] });
  const submit = () => update.mutate({ body: { name: name.trim() } });
  return (
    <Panel title="You">
      <Form onSubmit={submit}>
        <Stack gap="md" align="flex-start">
          <Facts>
            <Fact name="Role">{roleLabel(me.person.role)}</Fact>
            <Fact name="Projects">
              {me.projects.length === 0 ? (
                <span className="quiet">None yet</span>
              ) : (
                <span className={styles.projects}>
                  {me.projects.map(project => (
                    <Link key={project.id} to="/projects/$projectId" params={{ projectId: project.id }}>
                      {project.name} ({roleLabel(project.role)})
                    </Link>
                  ))}
                </span>
              )}
            </Fact>
          </Facts>
          <TextInput
            label="Name"
            w="100%"
            required
            maxLength={120}
            autoComplete="name"
            error={fieldError(update.error, 'name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <ProblemNotice error={update.error} />
          <Button type="submit" variant="default" disabled={name.trim() === me.person.name} loading={update.isPending}>
            Save the name
          </Button>
        </Stack>
      </Form>
    </Panel>
  );
}
