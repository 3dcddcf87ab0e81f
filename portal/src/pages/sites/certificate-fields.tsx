import { TagsInput, Textarea, TextInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { RuleList } from '../../components/rule-list.tsx';
import type { GuardFieldsProps } from './guard-fields.tsx';

/** Routes that want a client certificate (mTLS), besides everything else they want. */
export function CertificateFields({ guard, onChange, error }: GuardFieldsProps) {
  return (
    <RuleList
      rules={guard.clientCertificates}
      onChange={clientCertificates => onChange({ clientCertificates })}
      legend={() => 'Wants a client certificate'}
      name={route => route.path || 'the route'}
      add="Want a client certificate"
      fresh={{ path: '/*', caPem: '', subjects: [] }}
    >
      {(route, put, index) => (
        <>
          <TextInput
            label="Path"
            placeholder="/admin/*"
            spellCheck={false}
            value={route.path}
            error={fieldError(error, `guard.clientCertificates.${index}.path`)}
            onChange={event => put({ path: event.currentTarget.value })}
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
            onChange={event => put({ caPem: event.currentTarget.value })}
          />
          <TagsInput
            label="Only these names"
            description="Common names, DNS names or mail addresses; empty: all of the authority"
            value={[...route.subjects]}
            error={fieldError(error, `guard.clientCertificates.${index}.subjects`)}
            onChange={subjects => put({ subjects })}
          />
        </>
      )}
    </RuleList>
  );
}
