import type { Chance } from '../../make/chance.ts';
import { hook, multipartHook, picture, rawHook, type Visit } from '../../make/visit.ts';
import { address, authors, moment, said, seconds } from './sayings.ts';

/** What clouds, houses, devices and programs without people send. */
export function machineVisits(chance: Chance): Visit[] {
  const who = chance.pick(authors);
  const asked = (path: string, agent: string): Visit => ({
    site: 'n8n',
    method: 'GET',
    path: `/webhook/${path}`,
    headers: { 'user-agent': agent, accept: '*/*' },
  });
  return [
    rawHook(
      'events',
      'Amazon Simple Notification Service Agent',
      'text/plain; charset=UTF-8',
      JSON.stringify({
        Type: 'Notification',
        MessageId: chance.uuid(),
        TopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
        Subject: 'ALARM: "cpu > 80" in EU (Ireland)',
        Message: JSON.stringify({
          AlarmName: 'cpu > 80',
          NewStateReason: `Threshold Crossed: 1 datapoint [${chance.below(100)}.0 (01/03/26 10:11:00)] was greater than the threshold (80.0).`,
          Trigger: {
            Dimensions: [{ name: 'InstanceId', value: `i-0${chance.hex(16)}` }],
            Metrics: [{ Expression: 'SELECT MAX(CPUUtilization) FROM "AWS/EC2" GROUP BY InstanceId', Id: 'q1' }],
          },
        }),
        Timestamp: moment(chance),
        SignatureVersion: '1',
        Signature: `${chance.word(170)}==`,
        UnsubscribeURL:
          'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-west-1:1:a:b',
      }),
    ),
    hook('events', 'Amazon/EventBridge/ApiDestinations', {
      version: '0',
      id: chance.uuid(),
      'detail-type': 'ECS Task State Change',
      source: 'aws.ecs',
      account: '123456789012',
      resources: [`arn:aws:ecs:eu-west-1:123456789012:task/web/${chance.hex(32)}`],
      detail: {
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed' }],
        overrides: { containerOverrides: [{ command: ['sh', '-c', 'node migrate.js'], name: 'app' }] },
      },
    }),
    hook(
      'events',
      'CloudPubSub-Google',
      {
        message: {
          attributes: {
            objectId: `in/2026/${said(chance).slice(0, 20)}.csv`,
            eventType: 'OBJECT_FINALIZE',
            bucketId: 'acme-in',
          },
          data: Buffer.from(
            JSON.stringify({
              name: who,
              note: said(chance),
              selfLink: 'https://www.googleapis.com/storage/v1/b/acme-in/o/a%2Fb',
            }),
          ).toString('base64'),
          messageId: `${chance.below(9e9)}`,
          publishTime: moment(chance),
        },
        subscription: 'projects/acme/subscriptions/n8n',
      },
      { authorization: `Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.${chance.word(200)}.${chance.word(342)}` },
    ),
    hook(
      'events',
      'Microsoft-AzureEventGrid',
      [
        {
          id: chance.uuid(),
          topic: `/subscriptions/${chance.uuid()}/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/acme`,
          subject: "/blobServices/default/containers/in/blobs/List (1) – it's.xlsx",
          eventType: 'Microsoft.Storage.BlobCreated',
          data: {
            api: 'PutBlob',
            url: 'https://acme.blob.core.windows.net/in/List%20(1).xlsx',
            eTag: '0x8D4BCC2E4835CD0',
            sequencer: '00000000000004420000000000028963',
          },
          dataVersion: '',
        },
      ],
      { 'aeg-event-type': 'Notification' },
    ),
    hook('events', 'IcMBroadcaster/1.0', {
      schemaId: 'azureMonitorCommonAlertSchema',
      data: {
        essentials: { alertRule: 'Errors > 5 (web)', severity: 'Sev1', description: said(chance) },
        alertContext: {
          condition: {
            allOf: [
              {
                searchQuery:
                  'AppRequests | where Success == false and Url !has "/health" | summarize count() by bin(TimeGenerated, 5m)',
                operator: 'GreaterThan',
                threshold: '5',
                linkToSearchResultsUI: `https://portal.azure.com#@acme/blade/Logs/q/${chance.word(40)}%3D%3D/prettify/1`,
              },
            ],
          },
        },
      },
    }),
    rawHook(
      'events',
      'CloudEvents/1.0 knative',
      'application/cloudevents+json; charset=UTF-8',
      JSON.stringify({
        specversion: '1.0',
        type: 'org.example.door.opened',
        source: "/house/1/door'2",
        id: chance.uuid(),
        datacontenttype: 'text/xml',
        data: '<door open="true"/>',
      }),
    ),
    hook('zapier', 'Zapier', {
      name: who,
      email: address(chance),
      'Message (optional)': said(chance),
      meta__zap: 'https://zapier.com/editor/1/published',
      empty: '',
      list: 'a,b,"c;d"',
    }),
    hook('zapier', 'IFTTT-Protocol/v1', {
      value1: said(chance),
      value2: `March 0${1 + chance.below(8)}, 2026 at 10:11AM`,
      value3: '<br>http://ift.tt/1a2B3c',
    }),
    hook('zapier', 'Make/production', {
      bundle: {
        url: 'https://www.example.com/?a=1&b={{2.x}}',
        html: `<b>${said(chance).replaceAll('<', '&lt;')}</b>`,
        total: '1.234,50 €',
      },
    }),
    hook('events', 'HomeAssistant/2026.2.3 aiohttp/3.11.11 Python/3.13', {
      event: 'state_changed',
      entity_id: "sensor.mum's_room",
      old: 'unavailable',
      new: `${chance.below(30)}.4`,
      template: "{{ states('sensor.x') | float(0) > 21 }}",
      media_title: said(chance).slice(0, 40),
    }),
    asked(`events?hum=${chance.below(90)}&temp=${chance.below(30)}.25&id=shellyht-${chance.hex(6).toUpperCase()}`, ''),
    asked(
      `events?device=${encodeURIComponent('Tür & Tor (1)')}&action=single_push&ip=192.168.1.${chance.below(250)}&raw=${encodeURIComponent('{"POWER":"ON"}')}`,
      'ESP8266HTTPClient',
    ),
    hook('events', 'TheThingsStack/3.32.1 (linux/amd64)', {
      end_device_ids: {
        device_id: 'soil-7',
        application_ids: { application_id: 'farm' },
        dev_eui: chance.hex(16).toUpperCase(),
      },
      correlation_ids: [`gs:uplink:${chance.word(26)}`],
      uplink_message: {
        f_port: 2,
        frm_payload: Buffer.from(chance.word(11)).toString('base64'),
        decoded_payload: { note: 'dry < 20 %', raw: [3, 103, 0, chance.below(255)] },
        rx_metadata: [{ location: { latitude: 47.07, longitude: 15.44 }, uplink_token: `${chance.word(60)}=` }],
        settings: { data_rate: { lora: { coding_rate: '4/5' } } },
      },
    }),
    hook(
      'events',
      'OwnTracks-Android/420501004',
      {
        _type: 'location',
        tid: "O'",
        lat: 47.07,
        lon: 15.44,
        tst: seconds(chance),
        topic: 'owntracks/anna/pixel',
        SSID: 'FRITZ!Box 7590 <5GHz>',
        BSSID: '9c:c7:a6:00:11:22',
        inregions: ['Home & garden'],
      },
      { 'x-limit-u': 'anna', 'x-limit-d': 'pixel' },
    ),
    hook('events', 'strava-webhooks', {
      aspect_type: 'update',
      event_time: seconds(chance),
      object_id: chance.below(9e9),
      object_type: 'activity',
      owner_id: chance.below(9e6),
      updates: { title: `Lunch ride; 42 km @ 25 km/h -- ${said(chance).slice(0, 30)}`, private: 'false' },
    }),
    multipartHook(
      '/webhook/upload',
      'PlexMediaServer/1.41.2.9200-c6bbc1b53',
      [
        {
          name: 'payload',
          value: JSON.stringify({
            event: 'media.play',
            Account: { title: who },
            Metadata: {
              title: "Who's Afraid of <script>? (1966)",
              originalTitle: 'Drop Dead; Fred',
              guid: 'plex://movie/5d776827',
              summary: said(chance),
              Genre: [{ tag: 'Action & Adventure', filter: 'genre=69' }],
            },
          }),
          type: 'application/json',
        },
        { name: 'thumb', value: picture(chance, 120), filename: 'thumb.jpg', type: 'image/jpeg' },
      ],
      chance,
    ),
    hook('events', 'Sonarr/4.0.11.2680 (ubuntu 24.04)', {
      series: { title: "Grey's & Co: Exec(s)", path: "/tv/Grey's & Co", tvdbId: 1 },
      episodes: [{ title: 'SELECT Your Poison', overview: said(chance) }],
      release: { releaseTitle: 'Greys.S01E02.1080p.WEB.h264-GRP', size: 9 },
      downloadClient: 'qBittorrent',
      eventType: 'Grab',
    }),
    hook('events', 'zabbix', {
      subject: 'Problem: /: Disk space is critically low (used > 90%)',
      message: `Problem started at 10:11:12 on 2026.03.01\r\nHost: db-2\r\nSeverity: High\r\nOperational data: Space used: 9${chance.below(9)} GB of 100 GB\r\nLast command: {HOST.CONN} system.run[df -h]`,
      event_source: '0',
      trigger_expression: '{db-2:vfs.fs.size[/,pused].last()}>90',
    }),
    rawHook(
      'events',
      'rsyslog/8.2312',
      'application/json',
      JSON.stringify({
        message: `sshd[${chance.below(9999)}]: Failed password for invalid user admin from 203.0.113.${chance.below(250)} port 51234 ssh2`,
        host: 'bastion',
        program: 'sshd',
        raw: '<38>Mar  1 10:11:12 bastion sshd: …',
      }),
    ),
    rawHook(
      'events',
      'Fluent-Bit',
      'application/json',
      JSON.stringify([
        {
          date: seconds(chance),
          log: `10.0.0.${chance.below(250)} - - [01/Mar/2026:10:11:12 +0000] "GET /old.php?id=${chance.below(99)} HTTP/1.1" 404 153 "-" "curl/8.5.0"`,
          kubernetes: {
            pod_name: 'web-7d9',
            container_image: 'nginx:1.27',
            annotations: { 'kubectl.kubernetes.io/restartedAt': moment(chance) },
          },
        },
        { date: seconds(chance), log: 'npm ERR! code ELIFECYCLE; exit status 1', stream: 'stderr' },
      ]),
    ),
    rawHook(
      'events',
      'HAPI-FHIR/7.4.0 (FHIR Client; FHIR 4.0.1/R4; apache)',
      'application/fhir+json',
      JSON.stringify({
        resourceType: 'Appointment',
        status: 'booked',
        description: said(chance),
        text: {
          status: 'generated',
          div: `<div xmlns="http://www.w3.org/1999/xhtml"><p><b>Visit</b> &lt; 30 min</p></div>`,
        },
        participant: [{ actor: { reference: `Patient/${chance.below(9999)}`, display: who } }],
      }),
    ),
    rawHook(
      'upload',
      'Python-urllib/3.12',
      'text/csv; charset=utf-8',
      `sku,title,price,url\r\nA-${chance.below(99)},"Hose 1/2"" (blue), 25 m",19.90,https://shop.example.com/p?a=1&b=2\r\nB-2,"${said(chance).replaceAll('"', '""')}",5,\r\n`,
    ),
    rawHook(
      'soap',
      'PHP-SOAP/8.3.14',
      'text/xml; charset=utf-8',
      `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="urn:example:parcels" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/"><SOAP-ENV:Body><ns1:track><number>JJD${chance.below(9e9)}</number><receiver>${who.replaceAll('&', '&amp;')}</receiver><hint>${said(chance).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</hint></ns1:track></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`,
    ),
    rawHook(
      'events',
      'Superfeedr',
      'application/atom+xml',
      `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015"><link rel="hub" href="https://pubsubhubbub.appspot.com"/><entry><id>yt:video:${chance.word(11)}</id><title>${said(chance).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title><link rel="alternate" href="https://www.youtube.com/watch?v=${chance.word(11)}&amp;t=9"/><content type="html">&lt;p&gt;New &amp;amp; free&lt;/p&gt;</content></entry></feed>`,
    ),
    asked(
      `events?hub.mode=subscribe&hub.challenge=${chance.below(9e9)}&hub.topic=${encodeURIComponent('https://www.youtube.com/xml/feeds/videos.xml?channel_id=UC1')}&hub.verify_token=${chance.word(12)}&hub.lease_seconds=432000`,
      'FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)',
    ),
    asked(
      `github?code=${chance.hex(20)}&state=${encodeURIComponent(JSON.stringify({ back: '/a?b=c', n: chance.hex(8) }))}&installation_id=${chance.below(9e7)}&setup_action=install`,
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    ),
  ];
}
