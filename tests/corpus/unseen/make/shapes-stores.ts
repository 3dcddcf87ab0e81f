/** Calendars, files, repositories and registries, as programs sync them. */
import { enc, get, json, raw, type Shape } from '../../make/shape.ts';

export const storeShapes: readonly Shape[] = [
  raw(
    'CalDAV, query',
    '/remote.php/dav/calendars/anna/personal/',
    'application/xml; charset=utf-8',
    w =>
      `<?xml version="1.0" encoding="UTF-8"?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="2026${10 + w.below(3)}01T000000Z" end="20261231T000000Z"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`,
    { method: 'REPORT', headers: { depth: '1', 'user-agent': 'DAVx5/4.4.5-ose (dav4jvm; okhttp/4.12.0) Android/14' } },
  ),
  raw(
    'CalDAV, event',
    w => `/remote.php/dav/calendars/anna/personal/${w.uuid().toUpperCase()}.ics`,
    'text/calendar; charset=utf-8',
    w =>
      `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//iOS 17.5.1//EN\r\nBEGIN:VEVENT\r\nUID:${w.uuid()}\r\nDTSTART;TZID=Europe/Vienna:20260314T190000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=${w.below(20)}\r\nSUMMARY:${w.text().replaceAll('\n', '\\n').replaceAll(',', '\\,').replaceAll(';', '\\;')}\r\nATTENDEE;CN="${w.name().replaceAll('"', "'")}";PARTSTAT=NEEDS-ACTION:mailto:${w.mail()}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
    { method: 'PUT', headers: { 'if-none-match': '*', 'user-agent': 'iOS/17.5.1 (21F90) dataaccessd/1.0' } },
  ),
  raw(
    'CardDAV, card',
    w => `/dav/addressbooks/anna/contacts/${w.uuid()}.vcf`,
    'text/vcard; charset=utf-8',
    w =>
      `BEGIN:VCARD\r\nVERSION:3.0\r\nN:${w.name()};;;;\r\nFN:${w.name()}\r\nORG:Meyer & Sons\\, Ltd.;R&D\r\nTEL;TYPE=CELL:+43 664 ${w.below(9e6)}\r\nitem1.URL:https\\://example.org/?a=1&b=2\r\nitem1.X-ABLabel:_$!<HomePage>!$_\r\nNOTE:${w.text().replaceAll('\n', '\\n')}\r\nEND:VCARD\r\n`,
    { method: 'PUT' },
  ),
  raw(
    'WebDAV, properties',
    w => `/remote.php/dav/files/anna/${enc("Urlaub '26 & Co")}/${enc(w.words())}`,
    'application/xml',
    () =>
      '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:prop><d:getlastmodified/><d:resourcetype/><oc:permissions/><nc:has-preview/></d:prop></d:propfind>',
    {
      method: 'PROPFIND',
      headers: {
        depth: '1',
        'user-agent':
          'Mozilla/5.0 (Windows) mirall/3.14.3 (Nextcloud, windows-10.0.22631 ClientArchitecture: x86_64 OsArchitecture: x86_64)',
      },
    },
  ),
  raw(
    'WebDAV, move',
    w => `/webdav/Inbox/scan%20${w.below(999)}.pdf`,
    'text/plain',
    () => '',
    {
      method: 'MOVE',
      headers: {
        destination: 'https://app.example.org/webdav/Archive/2026/scan%20(1).pdf',
        overwrite: 'F',
        'user-agent': 'Microsoft-WebDAV-MiniRedir/10.0.22631',
      },
    },
  ),
  raw(
    'DeltaV, log of a repository',
    '/svn/app/!svn/bc/412/trunk',
    'text/xml',
    w =>
      `<S:log-report xmlns:S="svn:"><S:start-revision>${w.below(900)}</S:start-revision><S:end-revision>1</S:end-revision><S:limit>50</S:limit><S:path>src/${w.words()}</S:path></S:log-report>`.replaceAll(
        '&',
        '&amp;',
      ),
    { method: 'REPORT', headers: { 'user-agent': 'SVN/1.14.3 (x86_64-pc-linux-gnu) serf/1.3.10' } },
  ),
  raw(
    'Git, fetch',
    w => `/acme/tool-${w.below(9)}.git/git-upload-pack`,
    'application/x-git-upload-pack-request',
    w =>
      `0011command=fetch0016object-format=sha10001000dthin-pack000fno-progress0032want ${w.hex(40)}\n0032have ${w.hex(40)}\n0009done\n0000`,
    {
      headers: {
        'user-agent': 'git/2.43.0',
        'git-protocol': 'version=2',
        accept: 'application/x-git-upload-pack-result',
      },
    },
  ),
  get(
    'Git, references',
    w => `/acme/tool-${w.below(99)}.git/info/refs?service=git-receive-pack`,
    () => ({
      'user-agent': 'git/2.39.5 (Apple Git-154)',
      authorization: 'Basic YW5uYTpnbHBhdC14eHh4',
      pragma: 'no-cache',
    }),
  ),
  json(
    'Git LFS',
    '/acme/art.git/info/lfs/objects/batch',
    w => ({
      operation: 'upload',
      transfers: ['lfs-standalone-file', 'basic', 'ssh'],
      ref: { name: "refs/heads/feature/o'clock" },
      objects: [{ oid: w.hex(64), size: w.below(9e6) }],
      hash_algo: 'sha256',
    }),
    {
      type: 'application/vnd.git-lfs+json',
      headers: { 'user-agent': 'git-lfs/3.5.1 (GitHub; linux amd64; go 1.22.3)' },
    },
  ),
  get(
    'npm registry',
    w => `/@acme%2f${w.pick(['shell-quote', 'eval-free', 'ui.kit', 'sql_template'])}?write=true&t=${w.time()}`,
    () => ({
      'user-agent': 'npm/10.9.0 node/v22.11.0 linux x64 workspaces/false ci/gitlab',
      accept: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*',
      'npm-command': 'install',
      'pacote-req-type': 'packument',
      'pacote-pkg-id': 'registry:@acme/ui@^2.1.0 || >=3 <4',
    }),
  ),
  json(
    'npm audit',
    '/-/npm/v1/security/advisories/bulk',
    w => ({
      lodash: ['4.17.21'],
      'shell-quote': ['1.8.1'],
      '@types/node': [`22.${w.below(20)}.0`],
      'eval-estree-expression': ['2.0.1'],
      'node-serialize': ['0.0.4'],
    }),
    { headers: { 'user-agent': 'npm/10.9.0 node/v22.11.0 darwin arm64' } },
  ),
  get(
    'PyPI',
    w => `/simple/${w.pick(['sqlalchemy', 'jinja2', 'pyyaml', 'cmd2', 'xml-to-dict'])}/?v=${w.below(9)}`,
    () => ({
      'user-agent':
        'pip/24.3.1 {"ci":null,"cpu":"x86_64","distro":{"id":"noble","libc":{"lib":"glibc","version":"2.39"},"name":"Ubuntu","version":"24.04"},"implementation":{"name":"CPython","version":"3.12.3"},"installer":{"name":"pip","version":"24.3.1"},"openssl_version":"OpenSSL 3.0.13","python":"3.12.3","system":{"name":"Linux","release":"6.8.0-49-generic"}}',
      accept: 'application/vnd.pypi.simple.v1+json, text/html; q=0.01',
    }),
  ),
  get(
    'Maven',
    w => `/maven2/org/apache/logging/log4j/log4j-core/2.${17 + w.below(7)}.1/log4j-core.module.sha1`,
    () => ({ 'user-agent': 'Apache-Maven/3.9.9 (Java 21.0.5; Linux 6.8.0-49-generic)', 'cache-control': 'no-cache' }),
  ),
  get(
    'container registry',
    w => `/v2/acme/web/manifests/sha256:${w.hex(64)}`,
    () => ({
      'user-agent':
        'docker/27.3.1 go/go1.22.7 git-commit/41ca978 kernel/6.8.0 os/linux arch/amd64 UpstreamClient(Docker-Client/27.3.1 \\(linux\\))',
      accept: 'application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json, */*',
    }),
  ),
];
