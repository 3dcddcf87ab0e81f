import { Button, Checkbox, Group, SegmentedControl, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { behind, pageOf, usePages } from '../../api/pages.ts';
import { useAction, useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { CopyText } from '../../components/copy-text.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ListEnd } from '../../components/list-end.tsx';
import { Moment } from '../../components/moment.tsx';
import { Page } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { lastUsedColumn } from '../../components/table-columns.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import styles from './access.module.css';
import type { Campaign } from './reviews-page.tsx';
import { Progress } from './reviews-page.tsx';

type Item = OperationOutput<'reviews.listItems'>['items'][number];

/** One campaign: what is to be answered, and in the end its evidence. */
export function ReviewPage() {
  const { reviewId } = useParams({ from: '/access/reviews/$reviewId' });
  const campaign = useApi('reviews.get', { params: { id: reviewId } });
  return (
    <Page
      title={campaign.data?.name ?? 'Access review'}
      lead={campaign.data?.scopeName}
      back={{ to: '/access/reviews', label: 'Reviews' }}
    >
      <Answer query={campaign} skeleton={<PanelSkeleton />}>
        {data => (
          <>
            <About campaign={data} />
            <Items campaign={data} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function About({ campaign }: { campaign: Campaign }) {
  const mayManage = useMay('review.manage');
  const [isClosing, setClosing] = useState(false);
  const close = useAction('reviews.close', {
    refreshes: ['reviews.get', 'reviews.list', 'reviews.listItems'],
    onDone: () => setClosing(false),
  });
  return (
    <Panel
      title={campaign.state === 'open' ? 'Under way' : 'Closed'}
      actions={
        mayManage &&
        (campaign.state === 'open' ? (
          <Button size="xs" variant="default" onClick={() => setClosing(true)}>
            Close it now
          </Button>
        ) : (
          <Exports campaign={campaign} />
        ))
      }
    >
      <Facts>
        <Fact name="Answered">
          <Progress campaign={campaign} />
        </Fact>
        <Fact name={campaign.closedAt === null ? 'Due' : 'Closed'}>
          <Moment time={campaign.closedAt ?? campaign.dueAt} />
        </Fact>
        <Fact name="Without an answer">{campaign.unanswered === 'keep' ? 'kept' : 'taken away'}</Fact>
        <Fact name="Reviewers">{campaign.reviewers.map(one => one.name).join(', ')}</Fact>
        {campaign.sha256 !== null && (
          <Fact name="SHA-256 of the evidence">
            <CopyText text={campaign.sha256} label="digest" />
          </Fact>
        )}
      </Facts>
      {isClosing && (
        <ConfirmDialog
          title="Close the review"
          act="Close"
          isDangerous={campaign.unanswered === 'revoke' && campaign.open > 0}
          action={close}
          onClose={() => setClosing(false)}
          onConfirm={() => close.mutate({ params: { id: campaign.id } })}
        >
          {campaign.open === 0
            ? 'Everything is answered. After this nothing changes any more.'
            : `${campaign.open} items have no answer: they are ${campaign.unanswered === 'keep' ? 'kept' : 'taken away now'}.`}
        </ConfirmDialog>
      )}
    </Panel>
  );
}

function Exports({ campaign }: { campaign: Campaign }) {
  const fetchFile = useAction('reviews.export', { onDone: ({ fileName, text }) => save(fileName, text) });
  const get = (format: 'csv' | 'json') => fetchFile.mutate({ params: { id: campaign.id }, query: { format } });
  return (
    <Group gap="xs">
      {(['csv', 'json'] as const).map(format => (
        <Button
          key={format}
          size="xs"
          variant="default"
          leftSection={<IconDownload size={15} stroke={1.7} />}
          loading={fetchFile.isPending && fetchFile.variables.query?.format === format}
          onClick={() => get(format)}
        >
          {format.toUpperCase()}
        </Button>
      ))}
      <ProblemNotice error={fetchFile.error} />
    </Group>
  );
}

function save(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

function Items({ campaign }: { campaign: Campaign }) {
  const [state, setState] = useState<'open' | 'answered' | 'all'>(campaign.state === 'open' ? 'open' : 'all');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [comment, setComment] = useState('');
  const pages = usePages('reviews.listItems', {
    key: { id: campaign.id, state },
    ask: place => ({ params: { id: campaign.id }, query: { state, ...pageOf(place) } }),
    items: page => page.items,
    next: page => behind(page.items),
  });
  const answer = useAction('reviews.answer', {
    refreshes: ['reviews.get', 'reviews.list', 'reviews.listItems'],
    onDone: () => {
      setChosen([]);
      setComment('');
    },
  });
  const answerable = (pages.items ?? []).filter(item => item.mayAnswer && item.answer === null);
  const give = (kind: 'keep' | 'revoke') =>
    answer.mutate({ params: { id: campaign.id }, body: { items: [...chosen].slice(0, 200), answer: kind, comment } });
  return (
    <Panel
      title="Who holds what"
      flush
      actions={
        <SegmentedControl
          size="xs"
          data={[
            { value: 'open', label: 'Open' },
            { value: 'answered', label: 'Answered' },
            { value: 'all', label: 'All' },
          ]}
          value={state}
          onChange={value => {
            setState(value === 'open' || value === 'answered' ? value : 'all');
            setChosen([]);
          }}
        />
      }
    >
      <PagedList
        pages={pages}
        rows={6}
        more="Show more"
        empty={
          <EmptyState title="Nothing here">{state === 'open' ? 'Everything is answered.' : 'No item.'}</EmptyState>
        }
      >
        {items => (
          <ItemTable
            items={items}
            chosen={chosen}
            onChoose={(id, isChosen) => setChosen(isChosen ? [...chosen, id] : chosen.filter(one => one !== id))}
            onChooseAll={isAll => setChosen(isAll ? answerable.map(item => item.id) : [])}
            isAll={chosen.length > 0 && chosen.length === answerable.length}
          />
        )}
      </PagedList>
      {chosen.length > 0 && (
        <ListEnd>
          <Group gap="sm">
            <TextInput
              aria-label="Comment"
              placeholder="Comment"
              maxLength={500}
              value={comment}
              onChange={event => setComment(event.currentTarget.value)}
            />
            <Button variant="default" loading={answer.isPending} onClick={() => give('keep')}>
              Keep {chosen.length}
            </Button>
            <Button color="rust" loading={answer.isPending} onClick={() => give('revoke')}>
              Take {chosen.length} away
            </Button>
          </Group>
        </ListEnd>
      )}
      <ProblemNotice error={answer.error} />
    </Panel>
  );
}

const outcomes = {
  kept: 'Kept',
  revoked: 'Taken away',
  to_be_done_elsewhere: 'To be done at its source',
  gone: 'Was gone already',
  failed: 'Could not be taken away',
} as const;

function ItemTable({
  items,
  chosen,
  isAll,
  onChoose,
  onChooseAll,
}: {
  items: readonly Item[];
  chosen: readonly string[];
  isAll: boolean;
  onChoose: (id: string, isChosen: boolean) => void;
  onChooseAll: (isAll: boolean) => void;
}) {
  const isAnyOpen = items.some(item => item.mayAnswer && item.answer === null);
  return (
    <>
      {isAnyOpen && (
        <div className={styles.chooseAll}>
          <Checkbox
            size="xs"
            label="Choose all shown that you may answer"
            checked={isAll}
            onChange={event => onChooseAll(event.currentTarget.checked)}
          />
        </div>
      )}
      <DataTable
        label="Items of the review"
        rows={items}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'choose',
            header: '',
            width: '34px',
            narrow: 'bare',
            cell: item =>
              item.mayAnswer &&
              item.answer === null && (
                <Checkbox
                  size="xs"
                  aria-label={`Choose ${item.what} of ${item.name}`}
                  checked={chosen.includes(item.id)}
                  onChange={event => onChoose(item.id, event.currentTarget.checked)}
                />
              ),
          },
          {
            key: 'who',
            header: 'Who',
            narrow: 'title',
            cell: ({ email, name }) => <TwoLines below={email}>{name}</TwoLines>,
          },
          {
            key: 'what',
            header: 'Holds',
            width: 'minmax(0, 3fr)',
            cell: ({ way, what }) => <TwoLines below={way}>{what}</TwoLines>,
          },
          lastUsedColumn,
          {
            key: 'answer',
            header: 'Answer',
            width: 'minmax(0, 2fr)',
            cell: ({ answeredBy, comment, note, outcome }) =>
              outcome === null ? (
                <span className="quiet">Open</span>
              ) : (
                <TwoLines below={[answeredBy, comment, note].filter(Boolean).join(' · ')}>{outcomes[outcome]}</TwoLines>
              ),
          },
        ]}
      />
    </>
  );
}
