import { useNavigate, useParams } from '@tanstack/react-router';
import { useAction } from '../../api/queries.ts';
import { Page } from '../../components/page.tsx';
import { NotFound } from '../../layout/not-found.tsx';
import { ProviderForm } from './provider-form.tsx';
import { kinds, newDraft } from './providers.ts';

/** A new provider: its settings first, then the addresses for its administrator and a test. */
export function ConnectPage() {
  const { kind } = useParams({ from: '/sign-in/connect/$kind' });
  const chosen = kinds.find(one => one.kind === kind);
  const navigate = useNavigate();
  const create = useAction('providers.create', {
    refreshes: ['providers.list'],
    onDone: ({ id }) => void navigate({ to: '/sign-in/$providerId', params: { providerId: id } }),
  });
  if (chosen === undefined) return <NotFound />;
  return (
    <Page
      title={`Connect: ${chosen.title}`}
      lead={
        chosen.kind === 'ldap'
          ? 'Once it is kept you try it: each step says what to change where it fails.'
          : 'Once it is kept you get the addresses to register at the provider, and try a sign-in before anybody depends on it.'
      }
      back={{ to: '/sign-in', label: 'Identity providers' }}
    >
      <ProviderForm
        initial={newDraft(chosen.kind)}
        hasSecret={false}
        act="Keep and go on"
        action={create}
        onSave={(provider, secret) =>
          create.mutate({ body: { provider, ...(secret === undefined ? {} : { secret }) } })
        }
      />
    </Page>
  );
}
