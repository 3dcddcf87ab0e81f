import { Button, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { ApiFields } from './site-api.tsx';
import type { Site, SiteDraft } from './site-facts.ts';
import { changesOf, draftOf } from './site-facts.ts';
import { AddressFields, IdentityFields, LimitFields, UpstreamFields } from './site-fields.tsx';
import styles from './site-page.module.css';
import { OriginFields, RouteFields } from './site-routes.tsx';
import { SignInFields } from './site-sign-in.tsx';

export interface FieldsProps {
  readonly draft: SiteDraft;
  readonly onChange: (change: Partial<SiteDraft>) => void;
  readonly error: unknown;
}

/** The settings of a site; nothing is written before it is saved, and then only what was touched. */
export function SiteForm({ site }: { site: Site }) {
  const [touched, setTouched] = useState<Partial<SiteDraft>>({});
  const draft = { ...draftOf(site), ...touched };
  const changes = changesOf(site, draft);
  const isChanged = Object.keys(changes).length > 0;
  const save = useAction('sites.update', {
    refreshes: ['sites.get', 'sites.list', 'system.status'],
    onDone: () => {
      setTouched({});
      notifications.show({ message: `${site.name} is changed. The next request follows it.`, color: 'verdigris' });
    },
  });
  const submit = () => {
    // The API's types are of mutable arrays; nothing is written to them.
    const body = structuredClone(changes) as Parameters<typeof save.mutate>[0]['body'];
    if (isChanged) save.mutate({ params: { id: site.id }, body });
  };
  const fields: FieldsProps = { draft, error: save.error, onChange: change => setTouched({ ...touched, ...change }) };
  return (
    <Form onSubmit={submit} className={styles.form}>
      <Panel title="Address">
        <Stack gap="md">
          <AddressFields {...fields} />
        </Stack>
      </Panel>
      <Panel
        title="Published routes"
        note="These answer anybody, without sign-in: webhooks and forms. Everything else stays closed."
      >
        <RouteFields {...fields} />
      </Panel>
      <Panel title="Upstream">
        <Stack gap="md">
          <UpstreamFields {...fields} />
        </Stack>
      </Panel>
      <Panel title="Limits">
        <LimitFields {...fields} />
      </Panel>
      <Panel title="Other sites" note="Web pages of these origins may call this site from a browser (CORS).">
        <OriginFields {...fields} />
      </Panel>
      <Panel title="People on this site">
        <Stack gap="md">
          <IdentityFields {...fields} platform={site.platform} />
        </Stack>
      </Panel>
      <Panel title="Proof" note="How well somebody must have proved who they are to work here.">
        <SignInFields {...fields} />
      </Panel>
      <Panel title="Routes for programs" note="With API keys, quotas and a description that requests must fit.">
        <ApiFields {...fields} />
      </Panel>
      <ProblemNotice error={save.error} />
      {isChanged && (
        <div className={styles.save} role="status">
          <span>Not saved yet</span>
          <div className={styles.buttons}>
            <Button
              variant="default"
              onClick={() => {
                setTouched({});
                save.reset();
              }}
            >
              Discard
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </div>
        </div>
      )}
    </Form>
  );
}
