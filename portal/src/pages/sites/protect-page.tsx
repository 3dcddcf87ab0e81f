import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProtectAddress } from './protect-address.tsx';
import { ProtectConfirm } from './protect-confirm.tsx';
import { ProtectDone } from './protect-done.tsx';
import styles from './protect-page.module.css';
import type { Site } from './site-facts.ts';

export type Detected = OperationOutput<'sites.detect'>;

type Step =
  | { readonly at: 'address' }
  | { readonly at: 'confirm'; readonly upstream: string; readonly detected: Detected }
  | { readonly at: 'done'; readonly site: Site; readonly detected: Detected };

const steps = ['address', 'confirm', 'done'] as const;
const names = { address: 'Upstream', confirm: 'Settings', done: 'Protected' } as const;

/** Puts the gate in front of an application: where it is, what it is, done. */
export function ProtectPage() {
  const [step, setStep] = useState<Step>({ at: 'address' });
  return (
    <Page
      title="Protect an upstream"
      lead="Sallyport asks the application what it is. Nothing on its side changes."
      back={{ to: '/sites', label: 'Sites' }}
    >
      <div className={styles.narrow}>
        <ol className={styles.steps}>
          {steps.map((name, index) => (
            <li
              key={name}
              data-done={index < steps.indexOf(step.at) || undefined}
              aria-current={name === step.at ? 'step' : undefined}
            >
              <span>{index + 1}</span>
              {names[name]}
            </li>
          ))}
        </ol>
        <Panel>
          {step.at === 'address' && (
            <ProtectAddress onDetected={(upstream, detected) => setStep({ at: 'confirm', upstream, detected })} />
          )}
          {step.at === 'confirm' && (
            <ProtectConfirm
              upstream={step.upstream}
              detected={step.detected}
              onBack={() => setStep({ at: 'address' })}
              onCreated={site => setStep({ at: 'done', site, detected: step.detected })}
            />
          )}
          {step.at === 'done' && <ProtectDone site={step.site} detected={step.detected} />}
        </Panel>
      </div>
    </Page>
  );
}
