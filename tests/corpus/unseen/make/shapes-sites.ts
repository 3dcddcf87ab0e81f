/** Pages of forums, wikis, schools, offices, portals and back ends. */
import { enc, get, type Shape } from '../../make/shape.ts';

export const siteShapes: readonly Shape[] = [
  get(
    'wiki page in a script',
    w =>
      `/wiki/${enc(w.pick(['C++ (programming)', 'Что? Где? Когда?', "Schrödinger's cat", 'AC/DC', '1984 (novel)', 'SQL:2016', 'Union (set theory)']).replaceAll(' ', '_'))}?useskin=vector-2022&veaction=edit&section=${w.below(9)}`,
  ),
  get(
    'wiki, history',
    w =>
      `/w/index.php?title=${enc('Template:Infobox & co.')}&diff=prev&oldid=${w.below(9e8)}&diffmode=source&safemode=1`,
  ),
  get(
    'wiki, API',
    w =>
      `/w/api.php?action=query&format=json&generator=prefixsearch&gpssearch=${enc(w.words())}&prop=pageimages%7Cdescription%7Cextracts&exsentences=2&explaintext=&redirects=&formatversion=2&origin=*&titles=${enc('A|B|C')}`,
  ),
  get('wiki, entities', w => `/wiki/Special:EntityData/Q${w.below(99_999)}.json?flavor=dump&props=labels|claims`),
  get('forum thread', w =>
    `/viewtopic.php?f=${w.below(30)}&t=${w.below(9e4)}&sid=${w.hex(32)}&hilit=${enc(`+${w.words()} -old`)}&start=${w.below(9)}0#p${w.below(999)}`.replace(
      /#.*/,
      '',
    ),
  ),
  get(
    'forum search',
    w =>
      `/search.php?keywords=${enc(w.words())}&terms=all&author=${enc('O*')}&sc=1&sf=titleonly&sr=topics&sk=t&sd=d&st=0&ch=300&fid%5B%5D=${w.below(40)}&submit=Search`,
  ),
  get(
    'Discourse search',
    w =>
      `/search/query?term=${enc(`${w.words()} #support:install @sam status:open after:2026-01-01 order:latest in:title,likes`)}&search_context[type]=category&type_filter=exclude_topics`,
  ),
  get(
    'question site',
    w => `/search?q=${enc(`[c++] or [python] is:question score:${w.below(9)} "${w.words()}"`)}&tab=votes`,
  ),
  get(
    'code search',
    w =>
      `/search?q=${enc(`repo:acme/api path:/^src\\/.*\\.sql$/ ${w.words()} NOT is:archived`)}&type=code&p=${w.below(5)}`,
  ),
  get('code view', w => `/acme/web/-/blob/${w.hex(40)}/src/../README.md?ref_type=heads&plain=1`.replace('src/../', '')),
  get(
    'code compare',
    w =>
      `/acme/web/compare/v1.${w.below(20)}.0...feature/%23${w.below(999)}-don't-panic?w=1&expand=1&quick_pull=1&title=${enc(w.text().slice(0, 60))}`,
  ),
  get(
    'issues, filters',
    w =>
      `/acme/web/-/issues/?sort=created_date&state=opened&label_name%5B%5D=${enc('type::bug')}&not%5Blabel_name%5D%5B%5D=wontfix&or%5Bauthor_username%5D%5B%5D=kim&search=${enc(w.words())}&first_page_size=20`,
  ),
  get(
    'Jira board',
    w =>
      `/rest/api/3/search/jql?jql=${enc(`project = OPS AND status NOT IN (Done, "Won't do") AND text ~ "${w.words()}" AND created >= -${w.below(60)}d ORDER BY Rank ASC`)}&fields=summary,status&maxResults=50`,
  ),
  get(
    'Confluence search',
    w =>
      `/wiki/rest/api/search?cql=${enc(`siteSearch ~ "${w.words()}" AND space in ("~712020:ab","ENG") AND type in ("page","blogpost")`)}&limit=12&expand=content.history&excerpt=highlight_unescaped`,
  ),
  get(
    'Redmine',
    w =>
      `/projects/app/issues?utf8=%E2%9C%93&set_filter=1&f%5B%5D=status_id&op%5Bstatus_id%5D=o&f%5B%5D=subject&op%5Bsubject%5D=%7E&v%5Bsubject%5D%5B%5D=${enc(w.words())}&f%5B%5D=done_ratio&op%5Bdone_ratio%5D=%3E%3D&v%5Bdone_ratio%5D%5B%5D=${w.below(100)}&c%5B%5D=tracker&group_by=&t%5B%5D=`,
  ),
  get(
    'Bugzilla',
    w =>
      `/buglist.cgi?bug_status=__open__&content=${enc(w.words())}&f1=component&o1=notequals&v1=General&j_top=OR&f2=OP&n2=1&query_format=advanced&order=changeddate%20DESC%2Cpriority&columnlist=product%2Cbug_id`,
  ),
  get(
    'admin list of Django',
    w =>
      `/admin/shop/order/?q=${enc(w.words())}&created__gte=2026-01-01+00%3A00%3A00%2B01%3A00&created__lt=2027-01-01&status__in=new%2Cpaid&customer__isnull=False&o=-3.1&all=`,
  ),
  get(
    'admin list of WordPress',
    w =>
      `/wp-admin/edit.php?s=${enc(w.words())}&post_status=all&post_type=page&action=-1&m=0&cat=0&paged=${w.below(9)}&action2=-1&_wpnonce=${w.hex(10)}&_wp_http_referer=%2Fwp-admin%2Fedit.php%3Fpost_type%3Dpage`,
  ),
  get(
    'REST of WordPress',
    w =>
      `/wp-json/wp/v2/posts?search=${enc(w.words())}&categories=3,${w.below(90)}&per_page=10&_fields=id,title,excerpt&_embed=wp:term,author&orderby=relevance&tax_relation=OR&_locale=user`,
  ),
  get(
    'Drupal views',
    w =>
      `/views/ajax?view_name=publications&view_display_id=block_1&view_args=all%2F${w.below(99)}&view_dom_id=${w.hex(64)}&combine=${enc(w.words())}&field_year_value%5Bmin%5D=2001&_drupal_ajax=1&ajax_page_state%5Btheme%5D=olivero&ajax_page_state%5Blibraries%5D=eJx${w.token(80)}`,
  ),
  get(
    'TYPO3 page',
    w =>
      `/suche?tx_kesearch_pi1%5Bsword%5D=${enc(w.words())}&tx_kesearch_pi1%5Bfilter%5D%5B3%5D%5B%5D=syscat${w.below(99)}&tx_kesearch_pi1%5BsortByDir%5D=desc&cHash=${w.hex(32)}`,
  ),
  get(
    'SharePoint list',
    w =>
      `/sites/hr/Lists/Holidays/AllItems.aspx?viewid=${enc(`{${w.uuid()}}`)}&FilterField1=Title&FilterValue1=${enc(w.words())}&FilterType1=Text&useFiltersInViewXml=1&isAscending=false`,
  ),
  get(
    'ASP.NET resources',
    w =>
      `/WebResource.axd?d=${w.token(80)}&t=6386${w.below(9e9)}&_TSM_HiddenField_=ctl00_sm_HiddenField&_TSM_CombinedScripts_=%3b%3bAjaxControlToolkit%2c+Version%3d4.1%3aen%3a${w.uuid()}%3a865923e8`,
  ),
  get(
    'JSF resource',
    w =>
      `/javax.faces.resource/components.js.xhtml?ln=primefaces&v=12.0.0&e=${w.below(9)}&conversationContext=${w.hex(2)}`,
  ),
  get(
    'moodle',
    w =>
      `/mod/forum/search.php?id=${w.below(999)}&words=${enc(w.words())}&phrase=&notwords=&fullwords=0&timefromrestrict=1&fromday=1&frommonth=9&fromyear=2025&subject=&user=&tags%5B%5D=_qf__force_multiselect_submission`,
  ),
  get(
    'library catalogue',
    w =>
      `/Search/Results?lookfor0%5B%5D=${enc(`"${w.words()}"`)}&type0%5B%5D=Title&bool0%5B%5D=AND&lookfor1%5B%5D=${enc(w.name())}&type1%5B%5D=Author&bool1%5B%5D=NOT&join=AND&filter%5B%5D=${enc('~format:"Book"')}&filter%5B%5D=${enc('publishDate:[1990 TO *]')}&daterange[]=publishDate`,
  ),
  get(
    'library, CQL',
    w =>
      `/sru?version=2.0&operation=searchRetrieve&query=${enc(`dc.title all "${w.words()}" and (dc.date > 1999 or dc.creator any "le guin") not dc.type=video`)}&recordSchema=marcxml&maximumRecords=${w.below(50)}`,
  ),
  get(
    'papers',
    w =>
      `/api/query?search_query=${enc('cat:cs.CR AND (ti:"fire wall" OR abs:inject*) ANDNOT au:smith_j')}&start=${w.below(99)}&sortBy=lastUpdatedDate`,
  ),
  get(
    'patents',
    w => `/patent/search?q=${enc('(ti=("drill" near/3 "bit") or cl=E21B10/46) and pd>=2015')}&page=${w.below(9)}`,
  ),
  get('gene bank', w =>
    `/entrez/eutils/esearch.fcgi?db=nuccore&term=${enc(`BRCA1[Gene] AND "Homo sapiens"[Organism] AND ${w.below(900)}:5000[SLEN] NOT predicted[TI]`)}&retmax=20&usehistory=y&tool=lab'script`.replaceAll(
      "'",
      '%27',
    ),
  ),
  get(
    'chemicals',
    w =>
      `/rest/pug/compound/smiles/${enc(w.pick(['CC(=O)Oc1ccccc1C(=O)O', 'C[C@H](N)C(=O)O', '[Na+].[Cl-]', 'C#N', 'F/C=C/F']))}/property/MolecularFormula,InChI/JSON?_=${w.time()}`,
  ),
  get(
    'formulas drawn',
    w =>
      `/latex/svg?tex=${enc(w.pick(['\\int_0^\\infty e^{-x^2}\\,dx=\\frac{\\sqrt\\pi}{2}', '\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}', 'P(A|B)=\\frac{P(B|A)P(A)}{P(B)}', 'x\\in\\{1,\\dots,n\\}']))}&fg=000000&dpi=${100 + w.below(300)}`,
  ),
  get(
    'charts drawn',
    w =>
      `/chart?c=${enc(`{type:'bar',data:{labels:['Q1','Q2'],datasets:[{label:'Users',data:[${w.below(99)},${w.below(99)}]}]},options:{plugins:{title:{display:true,text:'A & B'}}}}`)}&w=500&h=300&bkg=white`,
  ),
  get('diagrams drawn', w => `/plantuml/svg/~1${w.token(120)}?v=2`),
  get('translator', w => `/?sl=auto&tl=de&text=${enc(w.text())}&op=translate`),
  get(
    'calculator',
    w =>
      `/input?i=${enc(w.pick(['integrate x^2 sin(3x) dx from 0 to pi', 'solve 3x+2<7 && x>-4', 'sum 1/n^2, n=1 to infinity', '(5+3)*(2-1)%3', '|x-2| >= 1 or x = 0']))}&assumption=${enc('{"C","GR",{"Movie"}}')}&n=${w.below(99)}`,
  ),
  get('unit converter', w => `/convert?q=${enc(`${w.below(99)} 1/2" in cm`)}&from=in&to=cm`),
  get('genealogy', w =>
    `/tree.php?ctype=update&ged=haus_o'connor&pid=I${w.below(9999)}&show_full=1&generations=${w.below(9)}&url=${enc("individual.php?pid=I7&ged=Haus O'Connor")}`.replaceAll(
      "o'c",
      'o%27c',
    ),
  ),
  get(
    'telephone book',
    w => `/suche?was=${enc(w.name())}&wo=${enc("Bad Vöslau; O.ö. / 'Umkreis 10'")}&rx=${w.below(50)}`,
  ),
  get(
    'font files',
    w =>
      `/css2?family=${enc('Open Sans:ital,wght@0,400..800;1,300')}&family=Fira+Code:wght@${w.below(7)}00&text=${enc("It's <3 & more!")}&display=swap`,
  ),
  get('combined styles', w => `/_static/??-eJyF${w.token(60)}==&m=${w.time()}j&cssminify=yes`),
  get(
    'combined scripts',
    w =>
      `/combo?3.18.1/build/yui-base/yui-base-min.js&m/${w.time()}/core/event/event-min.js&m/1/filter_x/x.js&v=${w.below(99)}`,
  ),
  get('icons', w => `/mdi.json?icons=account%2Calert%2Cconsole-line%2Cscript-text&t=${w.time()}`),
  get(
    'picture with filters',
    w =>
      `/${w.token(27)}/fit-in/800x600/filters:quality(${w.below(100)}):watermark(https%3A%2F%2Fcdn.example.com%2Fw.png,-10,-10,50):format(webp)/https%3A%2F%2Fcms.example.com%2Fu%2Fa%2520(1).jpg`,
  ),
  get(
    'picture of a cloud',
    w =>
      `/acme/image/upload/c_fill,g_auto,w_${w.below(900)},h_300/l_text:Arial_40_bold:${enc(enc("It's 50% off, today!"))},co_rgb:ffffff/fl_layer_apply,g_south/v${w.time()}/hero.jpg`,
  ),
  get('tiles by template', w =>
    `/wmts/1.0.0/basemap/{Style}/google3857/${w.below(18)}/${w.below(9e4)}/${w.below(9e4)}.png`.replace(
      '{Style}',
      'normal',
    ),
  ),
  get(
    'map features',
    w =>
      `/geoserver/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=topp:trees&outputFormat=application/json&cql_filter=${enc(`species LIKE 'Acer%' AND height > ${w.below(20)} AND BBOX(geom,16.2,48.1,16.5,48.3)`)}&propertyName=species,geom`,
  ),
  get(
    'map, Overpass',
    w =>
      `/api/interpreter?data=${enc(`[out:json][timeout:25];(node["amenity"="cafe"](around:${w.below(900)},47.07,15.44);way["name"~"^St\\\\."];);out body;>;out skel qt;`)}`,
  ),
  get(
    'gateway of an old portal',
    w =>
      `/irj/servlet/prt/portal/prtroot/pcd!3aportal_content!2fcom.example!2fhome?NavMode=1&sapDocumentRenderingMode=Edge&windowId=WID${w.time()}`,
  ),
  get(
    'old CGI',
    w =>
      `/cgi-bin/man.cgi?section=${1 + w.below(8)}&topic=${w.pick(['printf', 'crontab', 'passwd', 'sudoers', 'exec', 'bash'])}&submit=Go`,
  ),
];
