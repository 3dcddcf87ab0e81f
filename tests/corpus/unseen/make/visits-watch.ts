import type { Chance } from '../../make/chance.ts';
import { formHook, hook, rawHook, type Visit } from '../../make/visit.ts';
import { authors, moment, said, ticket } from './sayings.ts';

/** What those who watch over programs and build them send. */
export function watchVisits(chance: Chance): Visit[] {
  const who = chance.pick(authors);
  return [
    hook(
      'sentry',
      'sentry.io',
      {
        action: 'triggered',
        data: {
          event: {
            event_id: chance.hex(32),
            title: 'OperationalError: (psycopg2.OperationalError) server closed the connection',
            culprit: 'shop.views.cart in <lambda>',
            platform: 'python',
            exception: {
              values: [
                {
                  type: 'OperationalError',
                  value: '[SQL: SELECT cart.id AS cart_id FROM cart WHERE cart.owner = %(owner_1)s LIMIT %(param_1)s]',
                  stacktrace: {
                    frames: [
                      {
                        filename: 'shop/db.py',
                        abs_path: '/srv/app/shop/db.py',
                        context_line: '    cur.execute(statement, params)',
                        pre_context: ['try:', '    # noqa'],
                        lineno: chance.below(99),
                      },
                    ],
                  },
                },
              ],
            },
            request: {
              url: 'https://shop.example.com/cart',
              query_string: [['q', said(chance)]],
              headers: [
                ['User-Agent', 'Mozilla/5.0'],
                ['Cookie', '[Filtered]'],
              ],
              env: { REMOTE_ADDR: '10.0.0.4' },
            },
            tags: [
              ['environment', 'prod'],
              ['release', 'shop@1.2.3'],
            ],
          },
          triggered_rule: 'errors > 10 in 1 h',
        },
      },
      { 'sentry-hook-resource': 'event_alert', 'sentry-hook-signature': chance.hex(64) },
    ),
    hook('events', 'Grafana', {
      receiver: 'n8n',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'p95 > 800 ms', instance: `10.0.4.${chance.below(250)}:9100`, job: 'node' },
          annotations: { summary: 'CPU of {{ $labels.instance }} is high', description: said(chance) },
          valueString: "[ var='A' labels={host=web-1} value=91.2 ], [ var='C' labels={} value=1 ]",
          generatorURL: 'https://grafana.example.com/alerting/grafana/a1/view?orgId=1',
          silenceURL:
            'https://grafana.example.com/alerting/silence/new?alertmanager=grafana&matcher=alertname%3Dp95+%3E+800+ms',
        },
      ],
      externalURL: 'https://grafana.example.com/',
      title: '[FIRING:1] p95 > 800 ms (node)',
      message: '**Firing**\n\nValue: A=91.2, C=1\nLabels:\n - alertname = x',
    }),
    hook('events', 'Alertmanager/0.27.0', {
      version: '4',
      groupKey: '{}/{severity=~"^(?:critical|page)$"}:{alertname="DiskFull"}',
      truncatedAlerts: 0,
      status: 'resolved',
      commonLabels: { mountpoint: '/var/lib/docker', device: '/dev/sda1' },
      alerts: [
        {
          generatorURL:
            'http://prom:9090/graph?g0.expr=node_filesystem_avail_bytes+%2F+node_filesystem_size_bytes+%3C+0.1&g0.tab=1',
          startsAt: moment(chance),
          annotations: { runbook: 'docker system prune -f; see wiki' },
        },
      ],
    }),
    hook(
      'events',
      'PagerDuty-Webhook/V3.0',
      {
        event: {
          id: chance.word(26),
          event_type: 'incident.annotated',
          occurred_at: moment(chance),
          data: {
            incident: { id: chance.word(14), summary: `[#${chance.below(999)}] ${said(chance).slice(0, 50)}` },
            content: ticket(chance),
            trimmed: false,
          },
        },
      },
      { 'x-pagerduty-signature': `v1=${chance.hex(64)},v1=${chance.hex(64)}` },
    ),
    hook('events', 'Datadog/Webhooks', {
      body: `%%%\n@webhook-n8n ${said(chance)}\n\nMetric value: 0.${chance.below(99)}\n\n[![Metric Graph](https://p.datadoghq.example/snapshot/view/x.png)](https://app.datadoghq.example/monitors/1?to_ts=1&from_ts=2)\n%%%`,
      title: '[Triggered on {host:web-3}] disk is > 90%',
      event_type: 'query_alert_monitor',
      tags: 'env:prod,host:web-3,path:/var/log',
    }),
    hook('events', 'Uptime-Kuma/1.23.16', {
      heartbeat: { status: 0, msg: 'connect ECONNREFUSED 10.0.0.9:443', ping: null, time: moment(chance) },
      monitor: {
        name: 'wiki <internal>',
        url: 'https://wiki.example.com/?health=1&x=y',
        keyword: '</html>',
        accepted_statuscodes: ['200-299'],
      },
      msg: '[wiki <internal>] [🔴 Down] connect ECONNREFUSED 10.0.0.9:443',
    }),
    hook(
      'events',
      'Vercel-Webhook',
      {
        type: 'deployment.error',
        payload: {
          deployment: {
            meta: { githubCommitMessage: `Revert "add <Script> to head"\n\n${said(chance)}`, githubCommitRef: 'main' },
            url: `shop-${chance.word(9)}.vercel.app`,
          },
          links: { deployment: 'https://vercel.com/acme/shop/x?filter=errors' },
          regions: ['fra1'],
        },
      },
      { 'x-vercel-signature': chance.hex(40) },
    ),
    formHook('events', 'Travis CI Notifications', {
      payload: JSON.stringify({
        number: `${chance.below(999)}`,
        state: 'failed',
        message: said(chance),
        config: { script: ['make check', 'bash <(curl -s https://codecov.example.com/bash)'], env: ['DB=pgsql'] },
        author_name: who,
      }),
    }),
    rawHook(
      'events',
      'Jakarta Commons-HttpClient/3.1',
      'application/xml',
      `<?xml version="1.0" encoding="UTF-8"?>\n<build><name>web » nightly</name><number>${chance.below(900)}</number><cause>Started by user ${who.replaceAll('&', '&amp;')}</cause><log><![CDATA[+ mvn -B -DskipTests=false verify\n[ERROR] Tests run: 4, Failures: 1 <<< FAILURE!\n${said(chance).replaceAll(']]>', '')}]]></log></build>`,
    ),
  ];
}
