import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import type { Site } from './site-facts.ts';

/** Takes the gate away from in front of the application. */
export function SiteDeletion({ site }: { site: Site }) {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const remove = useAction('sites.delete', {
    refreshes: ['sites.list', 'system.status', 'system.overview'],
    onDone: () => void navigate({ to: '/sites' }),
  });
  return (
    <Panel
      title="Stop protecting"
      tone="danger"
      note="The address stops answering. The application itself and all recorded events stay."
    >
      <Button color="rust" variant="outline" onClick={() => setOpen(true)}>
        Delete this site
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={`Delete ${site.name}?`}
          act="Delete the site"
          typed={site.name}
          isDangerous
          action={remove}
          onConfirm={() => remove.mutate({ params: { id: site.id } })}
          onClose={() => setOpen(false)}
        >
          <p>
            Nobody can reach {site.name} at <code>{site.address}</code> any more. What was recorded stays in the audit
            log.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
