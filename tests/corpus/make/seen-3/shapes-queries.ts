/** Queries of APIs and back ends in the request line. */
import { enc, get, type Shape } from '../shape.ts';

export const queryShapes: readonly Shape[] = [
  get(
    'OData filter',
    words =>
      `/odata/v4/Orders?$filter=${enc(`contains(Customer/Name,'O''Neil') and Total gt ${words.below(900)} or Status ne 'Closed'`)}&$select=Id,Total&$expand=Lines($select=Sku;$orderby=Qty desc;$top=3)&$orderby=Created%20desc&$count=true`,
  ),
  get('OData of a CRM', words =>
    `/api/data/v9.2/accounts(${words.uuid()})?$select=name&$expand=primarycontactid($select=fullname,emailaddress1)&$filter=_owner_value eq '${words.uuid()}' and statecode eq 0`.replaceAll(
      ' ',
      '%20',
    ),
  ),
  get('OData of a portal', words =>
    `/_api/web/lists/getbytitle('Bob''s%20list')/items?$top=${words.below(99)}&$filter=startswith(Title,'${words.pick(['A', 'Q&A', 'Select'])}')&@a=1`.replaceAll(
      'Q&A',
      'Q%26A',
    ),
  ),
  get(
    'strapi filter',
    words =>
      `/api/articles?filters[$and][0][title][$containsi]=${enc(words.words())}&filters[$and][1][views][$gte]=${words.below(99)}&populate[author][fields][0]=name&sort[0]=title:asc&pagination[pageSize]=25`,
  ),
  get(
    'strapi back end',
    words =>
      `/content-manager/collection-types/api::article.article?page=1&pageSize=10&sort=title:ASC&_q=${enc(words.words())}&filters[$and][0][publishedAt][$null]=true`,
  ),
  get(
    'qs of a client',
    words =>
      `/api/v1/users?where[role][in][0]=editor&where[role][in][1]=admin&where[age][not]=null&include[]=posts&limit=${words.below(90)}`,
  ),
  get(
    'JSON:API',
    words =>
      `/jsonapi/node/article?filter[a][condition][path]=title&filter[a][condition][operator]=CONTAINS&filter[a][condition][value]=${enc(words.words())}&fields[node--article]=title,body&include=uid,field_image.file&page[limit]=${words.below(50)}`,
  ),
  get(
    'PostgREST',
    words =>
      `/rest/v1/todos?select=id,title,owner:users(name)&or=(done.is.false,due.lt.2026-0${1 + words.below(9)}-01)&title=ilike.*${enc(words.words())}*&order=due.desc.nullslast&limit=20`,
    words => ({ apikey: `eyJ${words.token(20)}.${words.token(80)}.${words.token(32)}`, prefer: 'count=exact' }),
  ),
  get(
    'Elasticsearch, query in the line',
    words =>
      `/logs-*/_search?q=${enc(`level:(ERROR OR WARN) AND NOT path:"/healthz" AND took:>${words.below(900)}`)}&sort=@timestamp:desc&size=50`,
  ),
  get(
    'Kibana page',
    words =>
      `/app/discover?_g=(filters:!(),refreshInterval:(pause:!t,value:60000),time:(from:now-${words.below(90)}m,to:now))&_a=(columns:!(message,host.name),filters:!(('$state':(store:appState),meta:(alias:!n,disabled:!f,key:level,negate:!f,params:(query:error),type:phrase),query:(match_phrase:(level:error)))),interval:auto,query:(language:kuery,query:'${enc('status >= 500 and not url : "/x*"')}'),sort:!(!('@timestamp',desc)))`,
  ),
  get(
    'Grafana page',
    words =>
      `/d/${words.token(8)}/hosts?orgId=1&from=now-6h&to=now&var-host=All&var-job=node%7Capi&var-q=${enc('{job=~"a|b"} |= "error" != "timeout" | json')}&refresh=5s&viewPanel=panel-${words.below(30)}`,
  ),
  get(
    'Prometheus range',
    words =>
      `/api/v1/query_range?query=${enc(`sum by (le) (rate(http_requests_total{code!~"5..",path=~"/api/.*"}[5m])) > ${words.below(9)} unless on() vector(0)`)}&start=${words.time()}.123&end=${words.time()}&step=15`,
  ),
  get(
    'CQL of an issue tracker',
    words =>
      `/rest/api/3/search/jql?jql=${enc(`project = OPS AND text ~ "drop table" AND assignee in (currentUser(), "conor") AND created >= -${words.below(30)}d ORDER BY updated DESC`)}&fields=*navigable`,
  ),
  get(
    'issue tracker page',
    words =>
      `/acme/site/issues?q=${enc(`is:open label:"type: bug",ci -author:app/dependabot sort:updated-desc ${words.words()}`)}`,
  ),
  get(
    'issue tracker, old',
    words =>
      `/bugzilla/buglist.cgi?query_format=advanced&f1=short_desc&o1=anywordssubstr&v1=${enc(words.words())}&bug_status=NEW&columnlist=bug_id%2Cassigned_to&order=changeddate%20DESC`,
  ),
  get(
    'code host, raw file',
    words =>
      `/acme/site/-/raw/main/${words.pick(['.env.example', 'etc/nginx/nginx.conf', 'scripts/setup.sh', 'src/exec.py', 'config/database.yml.dist', '.github/workflows/ci.yml'])}?ref_type=heads&inline=${words.below(2)}`,
  ),
  get(
    'SPARQL',
    words =>
      `/sparql?format=json&query=${enc(`PREFIX wd: <http://www.wikidata.org/entity/>\nSELECT ?i ?l WHERE { ?i wdt:P31 wd:Q${words.below(9999)} . FILTER(LANG(?l) = "sv" || ?x > 3) } UNION { ?i ?p "O'Neil"@en } LIMIT 10`)}`,
  ),
  get(
    'WFS of a map',
    words =>
      `/geo/ows?service=WFS&version=2.0.0&request=GetFeature&typeNames=city:trees&cql_filter=${enc(`height > ${words.below(30)} AND species LIKE 'Quercus%' AND BBOX(geom,13,52,14,53)`)}&outputFormat=application/json`,
  ),
  get(
    'data table of a back end',
    words =>
      `/admin/orders/data?draw=${words.below(9)}&columns[0][data]=id&columns[0][searchable]=true&columns[0][search][value]=&columns[0][search][regex]=false&order[0][column]=0&order[0][dir]=desc&start=0&length=25&search[value]=${enc(words.words())}&search[regex]=false&_=${words.time()}`,
  ),
  get(
    'database through a back end',
    words =>
      `/pgweb/api/tables/public.orders/rows?limit=100&sort_column=id&sort_order=DESC&where=${enc(`total > ${words.below(99)} and state = 'open'`)}`,
  ),
  get(
    'CMS list',
    words =>
      `/wp-admin/edit.php?s=${enc(words.words())}&post_status=all&post_type=post&action=-1&m=0&cat=0&paged=1&_wpnonce=${words.hex(10)}&_wp_http_referer=%2Fwp-admin%2Fedit.php`,
    words => ({
      cookie: `wordpress_logged_in_${words.hex(32)}=marta%7C1781000000%7C${words.word(43)}%7C${words.hex(64)}; wp-settings-1=libraryContent%3Dbrowse%26editor%3Dtinymce`,
    }),
  ),
  get(
    'CMS styles in one',
    words =>
      `/wp-admin/load-scripts.php?c=1&load%5Bchunk_0%5D=jquery-core,jquery-migrate,utils,wp-dom-ready&load%5Bchunk_1%5D=editor&ver=6.${words.below(9)}`,
  ),
  get(
    'GraphQL in the line',
    words =>
      `/graphql?operationName=Product&variables=${enc(JSON.stringify({ slug: words.words(), first: words.below(20), where: { price: { lt: 100 } } }))}&extensions=${enc(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: words.hex(64) } }))}`,
  ),
  get(
    'RSC of a framework',
    words => `/dashboard/orders?status=open&_rsc=${words.word(5).toLowerCase()}`,
    words => ({
      rsc: '1',
      'next-url': '/dashboard',
      'next-router-state-tree': enc(
        JSON.stringify([
          '',
          {
            children: [
              'dashboard',
              { children: ['orders', { children: [`__PAGE__?{"status":"open","n":"${words.below(9)}"}`, {}] }] },
            ],
          },
          null,
          null,
          true,
        ]),
      ),
    }),
  ),
  get(
    'S3, signed',
    words =>
      `/uploads/${words.uuid()}/final%20(2).pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA${words.word(16).toUpperCase()}%2F20260301%2Feu-north-1%2Fs3%2Faws4_request&X-Amz-Date=20260301T101112Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=${words.hex(64)}&response-content-disposition=attachment%3B%20filename%3D%22Bob%27s%20file.pdf%22`,
  ),
];
