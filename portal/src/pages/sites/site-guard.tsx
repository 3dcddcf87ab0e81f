import { Button, Group, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useMay } from '../../api/queries.ts';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { GuardFields } from './guard-fields.tsx';
import { GuardReplay } from './guard-replay.tsx';
import type { Site } from './site-facts.ts';

export type Guard = Site['guard'];

/** How hostile traffic is met here. A change can be tried on recent requests before it is in force. */
export function SiteGuard({ site }: { site: Site }) {
  const mayManage = useMay('site.manage');
  const [touched, setTouched] = useState<Partial<Guard>>({});
  const guard: Guard = { ...site.guard, ...touched };
  const changes = changesOf(site.guard, guard);
  const isChanged = Object.keys(changes).length > 0;
  const replay = useAction('perimeter.replay', { timeoutMs: 60_000 });
  const save = useAction('sites.update', {
    refreshes: ['sites.get', 'sites.list', 'perimeter.summary', 'perimeter.advisories'],
    onDone: () => {
      setTouched({});
      replay.reset();
      notifications.show({
        message: `The guard of ${site.name} is changed. The next request meets it.`,
        color: 'verdigris',
      });
    },
  });
  const submit = () => {
    if (isChanged) save.mutate({ params: { id: site.id }, body: { guard: changes } });
  };
  return (
    <Panel title="Guard" note="How hostile traffic is met at this site, whoever sends it.">
      <Form onSubmit={submit}>
        <Stack gap="md">
          <GuardFields
            guard={guard}
            error={save.error}
            onChange={change => {
              setTouched({ ...touched, ...change });
              replay.reset();
            }}
          />
          {site.guard.firewall === 'shadow' && (
            <Link to="/perimeter/incidents" search={{ site: site.name, verdict: 'would_block' }}>
              What it would have stopped
            </Link>
          )}
          {replay.data && <GuardReplay result={replay.data} />}
          <ProblemNotice error={replay.error} />
          <ProblemNotice error={save.error} />
          {mayManage && (
            <Group justify="flex-end" gap="sm">
              {isChanged && (
                <Button
                  variant="subtle"
                  onClick={() => {
                    setTouched({});
                    replay.reset();
                    save.reset();
                  }}
                >
                  Discard
                </Button>
              )}
              <Button
                variant="default"
                disabled={!isChanged}
                loading={replay.isPending}
                onClick={() => replay.mutate({ body: { site: site.id, guard: changes } })}
              >
                Try it first
              </Button>
              <Button type="submit" disabled={!isChanged} loading={save.isPending}>
                Save the guard
              </Button>
            </Group>
          )}
        </Stack>
      </Form>
    </Panel>
  );
}

/** Only what differs: a field nobody touched is not written back. */
function changesOf(before: Guard, now: Guard): Partial<Guard> {
  const names = Object.keys(before) as (keyof Guard)[];
  const changed = names.filter(name => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  return Object.fromEntries(changed.map(name => [name, now[name]]));
}
