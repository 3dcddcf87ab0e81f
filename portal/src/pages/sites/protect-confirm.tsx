import { Button, Group, Radio, Stack, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Form } from '../../components/form.tsx';
import { OptionalNumber } from '../../components/optional-number.tsx';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import styles from './protect-page.module.css';
import type { Detected } from './protect-page.tsx';
import type { Site } from './site-facts.ts';
import { platformLabel } from './site-facts.ts';

export interface ProtectConfirmProps {
  readonly upstream: string;
  readonly detected: Detected;
  readonly onBack: () => void;
  readonly onCreated: (site: Site) => void;
}

/** What was found, under which name and where people will reach it. Everything else gets the safe value of the platform. */
export function ProtectConfirm({ upstream, detected, onBack, onCreated }: ProtectConfirmProps) {
  const [name, setName] = useState(detected.suggestedName);
  const [place, setPlace] = useState<'port' | 'hosts'>('port');
  const [port, setPort] = useState<number | null>(null);
  const [hosts, setHosts] = useState<string[]>([]);
  const create = useAction('sites.create', {
    refreshes: ['sites.list', 'system.status', 'system.overview'],
    onDone: onCreated,
  });
  const submit = () => {
    const where = place === 'port' ? { port: port ?? 0, hosts: [] } : { port: null, hosts };
    create.mutate({ body: { name, platform: detected.platform, upstreams: [upstream], ...where } });
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="md">
        <Found upstream={upstream} detected={detected} />
        <TextInput
          label="Name"
          description="Short and unique: lower-case letters, digits and dashes"
          required
          pattern="[a-z0-9][a-z0-9\-]{0,39}"
          error={fieldError(create.error, 'name')}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label="Where people will reach it"
          value={place}
          onChange={value => setPlace(value === 'hosts' ? 'hosts' : 'port')}
        >
          <Group gap="lg" mt={8}>
            <Radio value="port" label="On a port of its own" />
            <Radio value="hosts" label="By host name" />
          </Group>
        </Radio.Group>
        {place === 'port' ? (
          <OptionalNumber
            label="Port"
            description="Left empty, a free one is picked"
            placeholder="picked for you"
            min={1}
            max={65535}
            allowDecimal={false}
            allowNegative={false}
            error={fieldError(create.error, 'port')}
            value={port}
            onChange={setPort}
          />
        ) : (
          <TagsInput
            label="Host names"
            description="Names that lead to this machine; press Enter after each"
            placeholder="n8n.example.org"
            error={fieldError(create.error, 'hosts')}
            value={hosts}
            onChange={setHosts}
          />
        )}
        <ProblemNotice error={create.error} />
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" loading={create.isPending} disabled={place === 'hosts' && hosts.length === 0}>
            Protect it
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}

function Found({ upstream, detected }: { upstream: string; detected: Detected }) {
  const { claimed } = detected;
  return (
    <div className={styles.found}>
      <PlatformMark platform={detected.platform} />
      <div>
        <p>{platformLabel(detected)}</p>
        <p className="quiet">
          {upstream}
          {claimed === true && ' · has an owner already'}
          {claimed === false && ' · has no owner yet: the first gate Owner who enters becomes it'}
        </p>
      </div>
    </div>
  );
}
