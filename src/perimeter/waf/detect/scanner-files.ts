/** Files that nothing of a site links to, by what they are: settings, keys, copies, logs, notes of tools. Paths in lower case. */

/** A file by its name at the top of a site or in one folder below. */
const settings =
  /^\/(?:[\w-]{1,24}\/)?(?:(?:nginx|httpd|apache2?|redis|supervisord|php-fpm|my|mysqld|postgresql|pg_hba|rclone|s3cmd|ansible|lighttpd|haproxy|vsftpd|smb|squid|mongod|elasticsearch|kibana|logstash|filebeat|prometheus|alertmanager|traefik|gunicorn|uwsgi|php)\.(?:conf|cnf|cfg|ini|ya?ml|toml|conf\.py)|[\w.-]{0,32}\.(?:tfvars|tfstate)(?:\.backup|\.json)?|caddyfile|(?:web|app)\.(?:debug|release|staging|production|\d)\.config|(?:application|bootstrap)-[\w-]{1,24}\.(?:ya?ml|properties)|[\w-]{1,16}\.env(?:\.\w{1,12})?|server\.xml|context\.xml)$/;
/** What projects keep at their top, and a site that is served from there gives away. */
const project =
  /^\/(?:(?:helm|k8s|deploy|docker|infra|ci)\/)?(?:bitbucket-pipelines|azure-pipelines|cloudbuild|appspec|serverless|netlify|fly|wrangler|pulumi|playbook|kustomization|values|chart|skaffold|render|vercel|app|amplify|buildspec|codecov|mkdocs|composer|package|pyproject|cargo|pipfile|project|bower|turbo|lerna|nx|angular|deno|tsconfig|jsconfig|database|routes|secrets)(?:\.(?:ya?ml|toml|lock|json|lock\.json|local\.json))$/;
const buildFile =
  /^\/(?:(?:next|nuxt|vite|webpack|rollup|svelte|astro|tailwind|postcss|babel|jest|vitest|gatsby|ecosystem|pm2|vue|remix|cypress|playwright|drizzle|eslint|prettier)\.config\.(?:[cm]?[jt]s|json)|gemfile(?:\.lock)?|pipfile|requirements(?:[-.]\w{1,12})?\.txt|go\.(?:mod|sum)|pom\.xml|build\.gradle(?:\.kts)?|gradle\.properties|yarn\.lock|pnpm-lock\.yaml|package-lock\.json|mix\.exs|rakefile|makefile|manage\.py|wsgi\.py|setup\.py|inventory\.ini|inventory|hosts\.ini|sonar-project\.properties|composer\.phar|artisan|filezilla\.xml|sitemanager\.xml|recentservers\.xml|ws_ftp\.(?:log|ini)|auth\.json\.bak|nohup\.out)$/;
/** Some are read by honest programs too; only those of secrets and servers are sure. */
const open = new Set(['/app.json', '/routes.json', '/project.json']);
/** A name that begins with a dot, at the top: none is a page but a few that platforms use. */
const dotFile =
  /^\/\.(?!well-known$|auth$|proxy$|json$|api$|resources$|netlify$|vercel$|ghost$|redirects?$|a$)[a-z][\w.-]{1,60}$/;
const dotFolder =
  /^\/\.(?:settings|logs?|composer|cache|config|local|gradle|m2|cargo|gem|bundle|yarn|npm|vs|history|metadata|nuget|ansible|chef|puppet|vagrant|wrangler|svelte-kit|serverless|firebase|expo|circleci|gitlab|husky|devcontainer|aws-sam|ebextensions|platform|lando|ddev|rsync|backups?|old|te?mp|pytest_cache|tox|venv|docksal|mozilla|gnome2|vnc|purple|thunderbird|electrum|bitcoin|ethereum|buildkite|semaphore|cursor|claude|codex|gemini|windsurf|openai|anthropic|continue|ollama|streamlit|huggingface|kaggle|jupyter|ipython|dbt|databricks|snowflake|snowsql|supabase|terraform\.d|heroku|storybook|changeset|local\/share)\//;
/** Keys that were put beside the pages. */
const keys =
  /^\/(?:[\w.-]{1,24}\/){0,3}(?:(?:[\w.-]{0,24}(?:priv(?:ate)?|privkey|rsa|dsa|ecdsa|ed25519|secret)[\w.-]{0,24}|server|ssl|tls|localhost|host|domain|oauth-private|master|jwt|www|site|cert|ca|id|key)\.(?:key|p12|pfx)|[\w.-]{0,24}(?:priv(?:ate)?|privkey|key)[\w-]{0,16}\.pem|(?:ssl|certs?|keys?|private|tls|pki|letsencrypt)\/[\w.-]{1,60}\.(?:key|p12|pfx)|[\w.-]{1,32}\.(?:jks|keystore|ppk|kdbx?|bcfks))$/;
const dumps =
  /^\/(?:(?:\d{1,4}|[a-z]{1,2}\d?)\.(?:zip|rar|tar|tgz|tar\.gz|7z)|(?:(?:prisma|data|db|database|instance|storage)\/)?[\w-]{1,24}\.(?:db|sqlite3?|mdb)|[\w.-]{1,60}\.sql(?:\.(?:gz|zip|bz2|xz|7z))?|(?:www\.)?(?:[\w-]{1,40}\.){1,3}(?:com|net|org|io|dev|app|co|info|biz|eu|de|fr|uk|nl|it|es|pl|ru|cn|jp|br|in|us|test|example|local)\.(?:zip|tar|tgz|tar\.gz|rar|7z|bak|sql|gz)|[\w-]{0,32}(?:backup|dump|wwwroot|public_html|htdocs)[\w-]{0,32}\.(?:zip|tar|tgz|tar\.gz|rar|7z|bak|gz|bz2)|(?:backups?|dumps?|sql|db|database|bak|old|_backup|backup_db)\/[\w.-]{1,60}\.(?:sql|bak|dump|tar|tgz|gz|zip|rar|7z|mdb|sqlite3?|db)|(?:admin|src|code|source|ftp|root|server|webapp|html)\.(?:tar|tgz|tar\.gz|rar|7z))$/;
const logs =
  /^\/(?:[\w.-]{1,24}\/){0,3}(?:(?:php_?)?error_?logs?|(?:laravel|symfony|app|error|access|debug)[-_]\d{4}[-_.]?\d{2}[-_.]?\d{2}\.log)$/;
/** Settings that are scripts: shown where the server has lost its language, and run never. */
const scripts =
  /^\/(?:[\w.-]{1,24}\/){0,3}(?:data|includes?|inc|conf|config|configs|typo3conf|protected|system|caches|instance|initializers|environments)\/(?:config(?:uration)?|database|db|settings|localconfiguration|\w{0,12}conn|connect(?:ion)?|parameters|secret_token|secrets|production|config_\w{1,16})\.(?:(?:inc\.)?php|py|rb|yml\.enc)$|^\/(?:[\w.-]{1,24}\/){0,2}(?:vendor\/composer\/|node_modules\/\.|nbproject\/|_darcs\/|wp-content\/uploads\/(?:wc-logs|wpforms|backupbuddy|ithemes)|_profiler\/|__clockwork\/|_wpeprivate\/)/;
const shells =
  /^\/(?:[\w.-]{1,24}\/){0,4}(?:\w{0,12}(?:webshell|phpshell|-shell)\w{0,6}|[\w-]{0,8}shell\d{0,4}|bypass\w{0,4}|gecko\w{0,6}|marijuana|priv8\w{0,4}|xleet\w{0,8}|h[a4]x\w{0,8}|\w{0,8}backdoor\w{0,4}|pwn\w{0,8}|r57\w{0,8}|c99\w{0,8}|b374k\w{0,4}|wso\d{0,4}|alfa\w{0,6}|indoxploit|anonsec\w{0,4}|k3ysh\w{0,4})\.(?:php\d?|phtml|jspx?|aspx?|cgi|pl)$/;
/** What tells a version and nothing else. */
const versions =
  /^\/(?:[\w.-]{1,24}\/){0,2}wp-content\/(?:plugins|themes)\/[\w-]{1,60}\/(?:readme|changelog|license)\.(?:txt|md)$|^\/(?:[\w.-]{1,24}\/)?wp-config-[\w.-]{0,16}\.(?:php|bak|txt|old|inc)(?:\.\w{1,5})?$|^\/(?:[\w.-]{1,24}\/){0,2}wp-content\/(?:themes\/[\w-]{1,60}\/(?:404|functions|header|footer|single|archive|sidebar|page)|plugins\/(?:hello|akismet\/akismet))\.php$|^\/pma-?\d{4}\/|^\/(?:db|mysql|sql|admin|web|tools?)\/(?:phpmyadmin|pma|adminer)(?:\/|\.php|$)|^\/_vti_bin\/_vti_(?:aut|adm)\/|^\/aspnet_client\/[\w./-]{1,60}\.aspx$/;
/** Tools leave their names where they look whether what is not there is answered. */
const marks =
  /^\/(?:(?:acunetix|nikto|nessus|appscan|netsparker|nuclei|w3af|arachni|openvas|qualys(?:guard)?|burp|zap|wapiti|skipfish|webinspect|whatweb|dirbuster)[-_.]?(?:wvs[\w-]{0,60}|is_\w{1,40}|(?:security[-_])?(?:test|check|probe|fingerprint|canary|poc)(?:[-_.]?[a-z\d]{0,4}\d[a-z\d]{0,8})?(?:\.\w{2,4})?|[a-f\d]*\d[a-f\d]*\.\w{2,4}|\d{2,12}\.?\w{0,4})|nonexist\w{0,12}[-_](?:acunetix|nikto|nessus)|w00tw00t\..{1,80}|muieblackcat|rfi[-_]?(?:inc|test|scan)?\.(?:txt|php)|nonexistence|aa[a-f]\d|appscan_fingerprint\/.{0,40}|(?:nmap|nessus)[a-z]{2,24}\d{6,12})(?:[/?]|$)/;
const sure: readonly RegExp[] = [
  settings,
  buildFile,
  dotFile,
  dotFolder,
  keys,
  dumps,
  logs,
  scripts,
  shells,
  versions,
  marks,
];

/** Whether nobody but a searcher asks for it. */
export function isLeftBehind(path: string): boolean {
  if (path.length > 400) return false;
  if (project.test(path) && !open.has(path)) return true;
  return sure.some(form => form.test(path));
}

/** A path as the pages of a store of programs have them: there, the names of files are what people come for. */
export function isInRepository(path: string): boolean {
  return /^\/(?:[\w.-]{1,80}\/){1,8}(?:blob|raw|tree|blame|edit|_edit|commits?|contents|browse|plain|repository\/files|src\/(?:branch|commit|tag)|-\/\w{3,12})\/(?:[\w.%-]{1,80}\/){0,12}[\w.%-]{1,80}(?:\/raw)?$/.test(
    path,
  );
}
