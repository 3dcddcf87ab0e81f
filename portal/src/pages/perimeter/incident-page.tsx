import { Button, Group } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { isApiProblem } from '../../../../src/admin/client.ts';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Column } from '../../components/columns.tsx';
import { CopyIcon } from '../../components/copy-text.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { exactTime } from '../../components/time.ts';
import { BanDialog } from './ban-dialog.tsx';
import { ExclusionDialog } from './exclusion-dialog.tsx';
import { IncidentMatches, IncidentScores } from './incident-why.tsx';
import styles from './perimeter.module.css';
import { PerimeterPage, VerdictMark } from './perimeter-page.tsx';
import type { IncidentDetail } from './words.ts';
import { layerWords } from './words.ts';

/** One incident by its number: what stopped it, where in the request, and what to do if it was honest. */
export function IncidentPage() {
  const { incidentId } = useParams({ from: '/perimeter/incidents/$incidentId' });
  const incident = useApi('perimeter.incident', { params: { id: incidentId } });
  return (
    <PerimeterPage
      title="Incident"
      lead={
        <>
          <code className="break">{incidentId}</code> <CopyIcon text={incidentId} label="incident number" />
        </>
      }
    >
      {isApiProblem(incident.error, 'admin.not_found') ? (
        <Panel>
          <EmptyState title="No such incident">
            Nothing is recorded of a request with this number. Is it whole? Visitors see it on the page that refused
            them.
          </EmptyState>
        </Panel>
      ) : (
        <Answer query={incident} skeleton={<PanelSkeleton rows={8} />}>
          {data => <Explanation incident={data} />}
        </Answer>
      )}
    </PerimeterPage>
  );
}

function Explanation({ incident }: { incident: IncidentDetail }) {
  return (
    <div className={styles.columns}>
      <Column>
        <Panel title="Why" note={reasonWords(incident)}>
          <IncidentMatches incident={incident} />
        </Panel>
        <HonestWork incident={incident} />
      </Column>
      <Column>
        <Panel title="What came">
          <RequestFacts incident={incident} />
        </Panel>
        {Object.keys(incident.scores).length > 0 && (
          <Panel title="Scores" note="Points by kind of attack.">
            <IncidentScores incident={incident} />
          </Panel>
        )}
      </Column>
    </div>
  );
}

function reasonWords({ layer, matches, problem, reason }: IncidentDetail): string {
  if (layer === null) return 'It was not stopped.';
  if (problem !== null || matches.length > 0) return `Decided by: ${layerWords(layer)}.`;
  return `Decided by: ${layerWords(layer)}${reason === null ? '' : `, ${reason}`}.`;
}

function RequestFacts({ incident }: { incident: IncidentDetail }) {
  const finished = incident.events.find(event => event.type === 'request.finished');
  const matched = incident.events.find(event => event.type === 'firewall.matched');
  const event = matched ?? finished ?? incident.events[0];
  if (event === undefined) return null;
  const said = (name: string) => {
    const value = (finished ?? event).data[name] ?? event.data[name];
    return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
  };
  const verdict = matched?.data['verdict'];
  return (
    <Facts>
      {typeof verdict === 'string' && (
        <Fact name="Verdict">
          <VerdictMark verdict={verdict} />
        </Fact>
      )}
      <Fact name="When">{exactTime(event.time)}</Fact>
      <Fact name="Who">{event.principal.kind === 'anonymous' ? 'not signed in' : event.principal.name}</Fact>
      <Fact name="From">
        <code>{event.clientIp ?? 'unknown'}</code>
      </Fact>
      <Fact name="Site">{event.site ?? 'none'}</Fact>
      <Fact name="Request">
        <code>
          {said('method')} {said('path')}
        </code>
      </Fact>
      <Fact name="Route">
        <code>{said('endpoint')}</code>
      </Fact>
      {said('status') !== '' && <Fact name="Answered with">{said('status')}</Fact>}
      <Fact name="Record">
        <Link to="/audit" search={{ range: 'all', requestId: incident.id }}>
          Everything recorded of it
        </Link>
      </Fact>
    </Facts>
  );
}

function HonestWork({ incident }: { incident: IncidentDetail }) {
  const [isExcluding, setExcluding] = useState(false);
  const [isBanning, setBanning] = useState(false);
  const mayManage = useMay('site.manage');
  const site = incident.events.find(event => event.site !== undefined)?.site;
  const address = incident.events.find(event => event.clientIp !== undefined)?.clientIp;
  if (!mayManage) return null;
  const canExclude = incident.proposals.length > 0 && site !== undefined;
  return (
    <Panel
      title="What now"
      note={
        canExclude
          ? 'If it was honest work, the narrowest exclusion lets the same request through: one rule, at one field of one route.'
          : 'No exclusion would change this one. If it was an attack, the address can be kept out.'
      }
    >
      <Group gap={12}>
        {canExclude && <Button onClick={() => setExcluding(true)}>This was honest work</Button>}
        {address !== undefined && (
          <Button variant="default" onClick={() => setBanning(true)}>
            Ban the address
          </Button>
        )}
      </Group>
      {isExcluding && site !== undefined && (
        <ExclusionDialog site={site} places={incident.proposals} onClose={() => setExcluding(false)} />
      )}
      {isBanning && address !== undefined && <BanDialog network={address} onClose={() => setBanning(false)} />}
    </Panel>
  );
}
