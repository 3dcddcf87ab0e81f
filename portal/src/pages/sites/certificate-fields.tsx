import { ActionIcon, Button, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { fieldError } from '../../api/field-errors.ts';
import type { GuardFieldsProps } from './guard-fields.tsx';
import styles from './site-page.module.css';

/** Routes that want a client certificate (mTLS), besides everything else they want. */
export function CertificateFields({ guard, onChange, error }: GuardFieldsProps) {
  const routes = guard.clientCertificates;
  const put = (index: number, change: Partial<(typeof routes)[number]>) =>
    onChange({ clientCertificates: routes.map((route, at) => (at === index ? { ...route, ...change } : route)) });
  return (
    <Stack gap="sm">
      {routes.map((route, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a route has no identity but its place while it is edited
        <fieldset key={index} className={styles.rule}>
          <legend>Wants a client certificate</legend>
          <Stack gap="sm">
            <TextInput
              label="Path"
              placeholder="/admin/*"
              spellCheck={false}
              value={route.path}
              error={fieldError(error, `guard.clientCertificates.${index}.path`)}
              onChange={event => put(index, { path: event.currentTarget.value })}
            />
            <Textarea
              label="Of this authority"
              placeholder="-----BEGIN CERTIFICATE-----"
              autosize
              minRows={2}
              maxRows={6}
              spellCheck={false}
              value={route.caPem}
              error={fieldError(error, `guard.clientCertificates.${index}.caPem`)}
              onChange={event => put(index, { caPem: event.currentTarget.value })}
            />
            <TagsInput
              label="Only these names"
              description="Common names, DNS names or mail addresses; empty: all of the authority"
              value={[...route.subjects]}
              error={fieldError(error, `guard.clientCertificates.${index}.subjects`)}
              onChange={subjects => put(index, { subjects })}
            />
          </Stack>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove ${route.path || 'the route'}`}
            onClick={() => onChange({ clientCertificates: routes.filter((_, at) => at !== index) })}
          >
            <IconTrash size={17} stroke={1.6} />
          </ActionIcon>
        </fieldset>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange({ clientCertificates: [...routes, { path: '/*', caPem: '', subjects: [] }] })}
        >
          Want a client certificate
        </Button>
      </div>
    </Stack>
  );
}
