import type { Chance } from '../../make/chance.ts';
import { hook, type Visit } from '../../make/visit.ts';
import { address, authors, moment, said, seconds, ticket } from './sayings.ts';

const repo = (chance: Chance): Record<string, unknown> => ({
  id: chance.below(9e8),
  full_name: chance.pick(['acme/shop', 'acme/sql-notes', 'infra/exec-image', 'docs/how-to']),
  html_url: 'https://github.com/acme/shop',
  archive_url: 'https://api.github.com/repos/acme/shop/{archive_format}{/ref}',
  compare_url: 'https://api.github.com/repos/acme/shop/compare/{base}...{head}',
  default_branch: 'main',
  topics: ['c-plus-plus', 'script'],
});
const github = (chance: Chance, event: string, body: Record<string, unknown>): Visit =>
  hook(
    'github',
    `GitHub-Hookshot/${chance.hex(7)}`,
    { ...body, repository: repo(chance), sender: { login: 'imogen-f', id: chance.below(9e7), type: 'User' } },
    {
      'x-github-event': event,
      'x-github-delivery': chance.uuid(),
      'x-github-hook-id': `${chance.below(9e8)}`,
      'x-hub-signature': `sha1=${chance.hex(40)}`,
    },
  );

/** What forges, builders and trackers of work send. */
export function codeVisits(chance: Chance): Visit[] {
  const sha = chance.hex(40);
  const who = chance.pick(authors);
  return [
    github(chance, 'issues', {
      action: 'opened',
      issue: {
        number: chance.below(900),
        title: said(chance).slice(0, 90),
        body: ticket(chance),
        labels: [{ name: 'type: bug' }],
        state: 'open',
        closed_at: null,
      },
    }),
    github(chance, 'issue_comment', {
      action: 'created',
      issue: { number: 4, title: 'cart' },
      comment: { id: chance.below(9e8), body: ticket(chance), author_association: 'CONTRIBUTOR' },
    }),
    github(chance, 'push', {
      ref: 'refs/heads/fix/o-clock',
      before: chance.hex(40),
      after: sha,
      commits: [
        {
          id: sha,
          message: `fix: don't drop the table header; escape <td>\n\n${said(chance)}\n\nCo-authored-by: ${who} <${address(chance)}>`,
          timestamp: moment(chance),
          added: ['src/db/select_all.sql', 'scripts/run.sh'],
          modified: ['.env.example', 'app/[id]/page.tsx'],
          removed: [],
        },
      ],
      compare: `https://github.com/acme/shop/compare/${sha.slice(0, 12)}^...${sha.slice(12, 24)}`,
    }),
    github(chance, 'pull_request_review_comment', {
      action: 'created',
      comment: {
        path: 'src/query.ts',
        diff_hunk: `@@ -12,5 +12,6 @@ export function find(id) {\n-  return db.query('SELECT * FROM items WHERE id = ' + id);\n+  return db.query('SELECT * FROM items WHERE id = $1', [id]);`,
        body: ticket(chance),
        line: chance.below(90),
      },
    }),
    github(chance, 'workflow_job', {
      action: 'completed',
      workflow_job: {
        name: 'test (24, ubuntu-latest)',
        conclusion: 'failure',
        labels: ['self-hosted'],
        steps: [
          { name: 'Run npm test -- --grep "a && b"', status: 'completed', number: 3 },
          { name: 'Run echo "v=$(git describe)" >> $GITHUB_OUTPUT', conclusion: 'skipped', number: 4 },
        ],
      },
    }),
    hook(
      'gitlab',
      'GitLab/17.6.1-ee',
      {
        object_kind: 'merge_request',
        event_type: 'merge_request',
        user: { name: who, username: 'bjorn', email: '[REDACTED]' },
        project: { path_with_namespace: 'acme/api', git_ssh_url: 'git@gitlab.example.com:acme/api.git' },
        object_attributes: {
          iid: chance.below(900),
          title: 'Draft: Resolve "Search fails for O\'Neil"',
          description: ticket(chance),
          source_branch: '12-search-fails',
          action: 'open',
          merge_params: { force_remove_source_branch: '1' },
        },
        labels: [],
        changes: { updated_at: { previous: moment(chance), current: moment(chance) } },
      },
      { 'x-gitlab-event': 'Merge Request Hook', 'x-gitlab-token': chance.word(20), 'idempotency-key': chance.uuid() },
    ),
    hook(
      'gitlab',
      'GitLab/17.6.1-ee',
      {
        object_kind: 'pipeline',
        object_attributes: {
          id: chance.below(9e6),
          ref: 'main',
          status: 'failed',
          detailed_status: 'failed',
          variables: [{ key: 'DEPLOY_CMD', value: 'kubectl set image deploy/web web=$IMAGE' }],
        },
        commit: {
          message: `Merge branch 'x' into 'main'\n\n${said(chance)}`,
          author: { name: who, email: address(chance) },
        },
        builds: [{ stage: 'test', name: 'rspec 1/3', failure_reason: 'script_failure' }],
      },
      { 'x-gitlab-event': 'Pipeline Hook' },
    ),
    hook(
      'events',
      'Bitbucket-Webhooks/2.0',
      {
        comment: {
          content: { raw: ticket(chance), markup: 'markdown', html: '<p>see <code>a &amp;&amp; b</code></p>' },
          inline: { path: 'pom.xml', to: chance.below(90) },
        },
        pullrequest: { id: chance.below(99), title: said(chance).slice(0, 60) },
        actor: { display_name: who, account_id: `557058:${chance.uuid()}` },
      },
      { 'x-event-key': 'pullrequest:comment_created', 'x-hook-uuid': chance.uuid() },
    ),
    hook(
      'events',
      'Go-http-client/1.1',
      {
        secret: '',
        action: 'created',
        issue: { id: chance.below(999), body: 'it broke' },
        comment: { body: ticket(chance), html_url: 'https://codeberg.org/acme/x/issues/3#issuecomment-1' },
        is_pull: false,
      },
      { 'x-gitea-event': 'issue_comment', 'x-forgejo-event': 'issue_comment' },
    ),
    hook('events', 'VSServices/19.245.35403.7 (NetStandard; Microsoft Windows 10.0.20348)', {
      subscriptionId: chance.uuid(),
      eventType: 'workitem.updated',
      message: {
        text: `Bug #${chance.below(999)} (${said(chance).slice(0, 40)}) updated`,
        html: '<a href="https://dev.azure.com/acme/_workitems/edit/7">Bug #7</a>',
        markdown: '[Bug #7](https://dev.azure.com/acme)',
      },
      resource: {
        revision: {
          fields: {
            'System.Title': said(chance).slice(0, 60),
            'System.Description': `<div>${said(chance).replaceAll('<', '&lt;')}</div><pre><code>dotnet build -c Release</code></pre>`,
            'System.AreaPath': 'Acme\\Web',
          },
        },
      },
    }),
    hook(
      'jira',
      'Atlassian Webhook HTTP Client',
      {
        timestamp: seconds(chance) * 1000,
        webhookEvent: 'jira:issue_updated',
        issue_event_type_name: 'issue_commented',
        issue: {
          key: `OPS-${chance.below(999)}`,
          fields: {
            summary: said(chance).slice(0, 70),
            description: `h3. What\n{code:java}throw new RuntimeException("x");{code}\n${ticket(chance)}\n||a||b||\n|1|2|`,
            reporter: { displayName: who },
            customfield_10020: [
              'com.atlassian.greenhopper.service.sprint.Sprint@1f[id=3,state=ACTIVE,name=Sprint <3>]',
            ],
          },
        },
        comment: { body: `[~accountid:5b10] ${ticket(chance)}` },
        changelog: { items: [{ field: 'status', fromString: 'To Do', toString: 'In Progress' }] },
      },
      { 'x-atlassian-webhook-identifier': chance.uuid() },
    ),
    hook(
      'events',
      'Linear-Webhook',
      {
        action: 'create',
        type: 'Comment',
        data: {
          id: chance.uuid(),
          body: ticket(chance),
          issue: { title: said(chance).slice(0, 50), identifier: `WEB-${chance.below(99)}` },
          reactionData: [],
        },
        url: 'https://linear.app/acme/issue/WEB-4#comment-1',
        webhookTimestamp: seconds(chance) * 1000,
      },
      { 'linear-event': 'Comment', 'linear-delivery': chance.uuid(), 'linear-signature': chance.hex(64) },
    ),
    hook(
      'events',
      'NotionHQ-Webhook/1.0',
      {
        id: chance.uuid(),
        type: 'page.content_updated',
        entity: { id: chance.uuid(), type: 'page' },
        data: { parent: { type: 'database' }, updated_properties: ['title', '%3Cx%3E', 'J%40cS'], title: said(chance) },
      },
      { 'x-notion-signature': `sha256=${chance.hex(64)}` },
    ),
    hook(
      'events',
      'Asana/1.0',
      {
        events: [
          {
            action: 'changed',
            resource: { gid: `${chance.below(9e9)}`, resource_type: 'task', name: said(chance).slice(0, 60) },
            change: { field: 'notes', action: 'changed' },
          },
        ],
      },
      { 'x-hook-signature': chance.hex(64) },
    ),
    hook(
      'events',
      'Trello Webhooks',
      {
        action: {
          type: 'commentCard',
          data: {
            text: said(chance),
            textData: { emoji: {} },
            card: { shortLink: chance.word(8), name: `Don't forget: ${said(chance).slice(0, 40)}` },
            list: { name: 'Doing & done' },
          },
          memberCreator: { fullName: who },
        },
        model: { url: 'https://trello.com/b/x/plan' },
      },
      { 'x-trello-webhook': `${chance.word(27)}=` },
    ),
    hook(
      'events',
      'ClickUp/1.0',
      {
        event: 'taskCommentPosted',
        task_id: chance.word(9),
        history_items: [
          {
            comment: {
              text_content: said(chance),
              comment: [
                { text: 'see ', attributes: {} },
                { text: 'app.sql', attributes: { code: true } },
              ],
            },
          },
        ],
      },
      { 'x-signature': chance.hex(64) },
    ),
  ];
}
