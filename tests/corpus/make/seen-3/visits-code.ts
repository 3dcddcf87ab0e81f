import type { Chance } from '../chance.ts';
import type { Parts } from '../parts.ts';
import { hook, type Visit } from '../visit.ts';
import { iso, mail, people, repos, said } from './sayings.ts';

/** What forges, trackers and monitors send. */
export function codeVisits(chance: Chance, parts: Parts): Visit[] {
  const name = chance.pick(repos);
  const user = {
    login: chance.word(6),
    id: chance.below(9e6),
    avatar_url: `https://avatars.example.com/u/${chance.below(9e6)}?v=4`,
    html_url: `https://github.example.com/${chance.word(6)}`,
    type: 'User',
    site_admin: false,
  };
  const repository = {
    id: chance.below(9e8),
    full_name: name,
    private: true,
    html_url: `https://github.example.com/${name}`,
    git_url: `git://github.example.com/${name}.git`,
    ssh_url: `git@github.example.com:${name}.git`,
    keys_url: `https://api.github.example.com/repos/${name}/keys{/key_id}`,
    default_branch: 'main',
  };
  const github = (event: string, body: object): Visit =>
    hook(
      'github',
      `GitHub-Hookshot/${chance.hex(7)}`,
      { ...body, repository, sender: user },
      {
        'x-github-event': event,
        'x-github-delivery': chance.uuid(),
        'x-hub-signature-256': `sha256=${chance.hex(64)}`,
      },
    );
  const sha = chance.hex(40);
  return [
    github('push', {
      ref: `refs/heads/${chance.pick(['main', 'fix/select-order', "feature/don't-panic"])}`,
      before: chance.hex(40),
      after: sha,
      compare: `https://github.example.com/${name}/compare/${sha.slice(0, 12)}...${chance.hex(12)}`,
      commits: [
        {
          id: sha,
          message: chance.pick([
            'fix: drop unused table; closes #12',
            "Merge branch 'main' into dev",
            'ci: run `npm ci && npm test`',
            'docs: how to set $PATH',
            'refactor: replace eval() by a parser',
          ]),
          author: { name: chance.pick(people), email: mail(chance) },
          added: ['src/../README.md', 'bin/run.sh'],
          removed: ['etc/passwd.example'],
          modified: ['.env.example', 'Dockerfile'],
        },
      ],
    }),
    github('issues', {
      action: 'opened',
      issue: {
        number: chance.below(900),
        title: said(chance).slice(0, 70),
        body: `### Steps\n1. open \`/settings\`\n2. ${said(chance)}\n\n> it's broken <br> & slow`,
        labels: [{ name: 'bug' }],
        user,
      },
    }),
    github('pull_request', {
      action: 'synchronize',
      number: 41,
      pull_request: {
        title: said(chance).slice(0, 60),
        head: { ref: 'update/deps', sha },
        base: { ref: 'main' },
        diff_url: `https://github.example.com/${name}/pull/41.diff`,
        body: 'Bumps `lodash` from 4.17.20 to 4.17.21 (prototype pollution, CVE-2020-8203).',
      },
    }),
    github('workflow_run', {
      action: 'completed',
      workflow_run: {
        id: chance.below(9e9),
        conclusion: chance.pick(['success', 'failure']),
        path: '.github/workflows/ci.yml',
        event: 'push',
      },
    }),
    hook(
      'gitlab',
      'GitLab/17.5.1-ee',
      {
        object_kind: 'merge_request',
        user: { name: chance.pick(people), username: chance.word(5) },
        project: { path_with_namespace: name, web_url: `https://gitlab.example.com/${name}` },
        object_attributes: {
          iid: chance.below(400),
          title: `Draft: ${said(chance).slice(0, 50)}`,
          state: 'opened',
          action: 'update',
          source_branch: 'feat/a',
          target_branch: 'main',
          last_commit: { id: sha, message: 'wip' },
        },
        changes: { updated_at: { previous: iso(chance), current: iso(chance) } },
      },
      { 'x-gitlab-event': 'Merge Request Hook', 'x-gitlab-token': chance.word(20) },
    ),
    hook(
      'gitlab',
      'GitLab/17.5.1-ee',
      {
        object_kind: 'pipeline',
        object_attributes: {
          id: chance.below(9e6),
          ref: 'main',
          status: 'failed',
          duration: 63,
          variables: [{ key: 'DEPLOY_TO', value: 'prod' }],
        },
        builds: [{ name: 'test:unit', stage: 'test', status: 'failed', failure_reason: 'script_failure' }],
      },
      { 'x-gitlab-event': 'Pipeline Hook' },
    ),
    hook('jira', 'Atlassian HttpClient 1.1.0 / JIRA-1001.0.0', {
      webhookEvent: 'jira:issue_updated',
      user: { displayName: chance.pick(people), accountId: `712020:${chance.uuid()}` },
      issue: {
        key: `OPS-${chance.below(3000)}`,
        self: 'https://acme.atlassian.example/rest/api/2/issue/10021',
        fields: {
          summary: said(chance).slice(0, 80),
          description: `h2. What\n{code:sql}SELECT 1{code}\n${said(chance)}\n[link|https://wiki.example.com/x?y=1&z=2]`,
          priority: { name: 'High' },
        },
      },
      changelog: { items: [{ field: 'status', fromString: 'To Do', toString: 'In Progress' }] },
    }),
    hook(
      'sentry',
      'sentry/24.10',
      {
        action: 'triggered',
        data: {
          event: {
            event_id: chance.hex(32),
            title: "TypeError: Cannot read properties of null (reading 'id')",
            culprit: '/app/src/../cart.js in <anonymous>',
            platform: 'javascript',
            request: {
              url: `https://shop.example.com/cart?ids[]=1&ids[]=${chance.below(99)}`,
              headers: [['User-Agent', 'Mozilla/5.0 (iPhone)']],
            },
            exception: {
              values: [
                {
                  type: 'TypeError',
                  value: 'x is null',
                  stacktrace: {
                    frames: [
                      {
                        filename: 'node:internal/process/task_queues',
                        function: 'process.processTicksAndRejections',
                        lineno: 95,
                      },
                      {
                        filename: 'app:///dist/main.js',
                        function: 'Cart.<anonymous>',
                        context_line: "  const id = item.id; // can't be null",
                      },
                    ],
                  },
                },
              ],
            },
          },
          triggered_rule: 'prod errors > 5',
        },
      },
      { 'sentry-hook-resource': 'event_alert' },
    ),
    hook('events', 'Grafana', {
      receiver: 'n8n',
      status: chance.pick(['firing', 'resolved']),
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'HighLatency', instance: `10.0.${chance.below(9)}.4:9100`, severity: 'page' },
          annotations: {
            summary: `p99 > ${1 + chance.below(5)}s on {{ $labels.instance }}`,
            description: 'histogram_quantile(0.99, sum(rate(http_seconds_bucket{job=~"api|web"}[5m])) by (le)) > 2',
          },
          startsAt: iso(chance),
          generatorURL: 'http://grafana.internal:3000/alerting/grafana/a1/view?orgId=1',
          silenceURL: 'http://grafana.internal:3000/alerting/silence/new?matcher=alertname%3DHighLatency',
          values: { B: 2.7, C: 1 },
        },
      ],
      groupKey: '{}/{severity="page"}:{alertname="HighLatency"}',
      title: '[FIRING:1] HighLatency',
      version: '1',
    }),
    hook('events', 'Alertmanager/0.27.0', {
      version: '4',
      groupKey: '{}:{alertname="DiskFull", host="db-1"}',
      status: 'firing',
      receiver: 'hook',
      groupLabels: { alertname: 'DiskFull' },
      commonLabels: { mountpoint: '/var/lib/postgresql', device: '/dev/nvme0n1p2' },
      alerts: [
        {
          status: 'firing',
          labels: { job: 'node' },
          annotations: { runbook_url: 'https://wiki.example.com/runbooks/disk?x=1' },
          startsAt: iso(chance),
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: `http://prom:9090/graph?g0.expr=node_filesystem_avail_bytes+%2F+node_filesystem_size_bytes+%3C+0.${chance.below(9)}&g0.tab=1`,
          fingerprint: chance.hex(16),
        },
      ],
    }),
    hook('events', 'UptimeRobot/2.0', {
      monitor: `shop ${parts.url.length}-${chance.below(99)}`,
      url: 'https://shop.example.com/',
      status: 'down',
      reason: 'HTTP 502 - Bad Gateway',
      at: iso(chance),
    }),
  ];
}
