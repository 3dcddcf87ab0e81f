/** What a name of a class is found to be, and where; -1 where it is not. */
export type TellName = (rule: 'type_name' | 'xml_object' | 'gadget', at: number) => void;

/** Classes of Java, .NET and others by which objects are made to run code. */
const gadgets = [
  'jdbcrowsetimpl',
  'templatesimpl',
  'invokertransformer',
  'chainedtransformer',
  'constanttransformer',
  'lazymap',
  'tiedmapentry',
  'badattributevalueexpexception',
  'annotationinvocationhandler',
  'instantiatetransformer',
  'beancomparator',
  'jndireffor',
  'c3p0',
  'wrapperconnectionpooldatasource',
  'jndirefforwardingdatasource',
  'classpathxmlapplicationcontext',
  'filesystemxmlapplicationcontext',
  'methodinvokingfactorybean',
  'propertypathfactorybean',
  'scriptenginemanager',
  'ysoserial',
  'uidefaults$',
  'rdn$rdnentry',
  'imageio$containsfilter',
  'groovy.util.expando',
  'objectdataprovider',
  'windowsidentity',
  'typeconfusedelegate',
  'activitysurrogateselector',
  'psobject',
  'sessionsecuritytoken',
  'textformattingrunproperties',
  'axhostsurrogate',
  'claimsidentity',
  'rolesprincipal',
  'resourceset',
  'delegateserializationholder',
  'tempfilecollection',
  'assemblyinstaller',
  'bindingsource',
  'jndidatasourcefactory',
  'unmarshaller',
  'org.apache.commons.collections',
  'org.apache.commons.beanutils',
  'org.codehaus.groovy.runtime',
  'com.sun.rowset',
  'com.sun.org.apache',
  'com.mchange',
  'org.apache.xbean',
  'basicdatasource',
  '$$bcel$$',
  'java.net.urlclassloader',
  'java.lang.processbuilder',
  'java.lang.runtime',
  'javax.script',
  'ch.qos.logback.core.db',
  'org.hibernate.jmx',
  'com.zaxxer.hikari',
  'org.apache.shiro',
  'com.ibatis.sqlmap',
  'org.apache.ibatis.datasource',
  'oracle.jdbc.rowset',
  'com.caucho',
  'org.springframework.aop',
  'org.springframework.beans.factory',
  'org.springframework.context.support',
  'sun.rmi.server',
  'java.rmi',
  'javax.management',
  'javax.naming',
  'system.diagnostics.process',
  'system.windows.data',
  'system.configuration.install',
  'system.security.principal',
  'system.management.automation',
  'system.io.fileinfo',
  'system.web.ui.losformatter',
  'gem::installer',
  'gem::requirement',
  'gem::package',
  'gem::specfetcher',
  'bsh.interpreter',
  'jdk.nashorn',
  'gopkg.in/yaml',
  'system.windows.application',
  'system.windows.resourcedictionary',
  'system.windows.markup.xamlreader',
  'settingspropertyvalue',
  'xamlimageinfo',
  'getterinvokerforms',
  'system.data.services.internal.expandedwrapper',
];

/** Names escaped so that a filter does not see `@type`: fastjson reads them. */
const escapedType =
  /"(?=[^"]{0,24}\\[ux])(?:@|\\u0040|\\x40)(?:t|\\u0074|\\x74)(?:y|\\u0079|\\x79)(?:p|\\u0070|\\x70)(?:e|\\u0065|\\x65)"\s{0,3}:/u;
/** Types that XAML, XmlSerializer and SOAP make objects of. */
const xmlType =
  /\s(?:xsi:)?type=["'](?:\w{1,12}:)?(?:objectdataprovider|resourcedictionary|xamlreader|losformatter|objectstateformatter|windowsidentity|system\.(?:diagnostics\.process|data\.services|windows\.|workflow|web\.ui\.|io\.fileinfo|activities))/u;
/** The whole value a list that names a class of the run time first, as Jackson takes it. */
const namedFirst =
  /^\s{0,4}\[\s{0,3}"(?:(?:javax?|sun|com\.sun|jdk)\.[\w.$]{4,160}"\s{0,3},\s{0,3}[[{]|(?:com|org|net|br|ch|oracle|io)\.(?:[\w$]{1,40}\.){2,8}\w{3,60}(?:datasource|config(?:uration)?|factory|manager|source|pool|context|converter|lookup|realm|jndi\w{0,20})"\s{0,3},\s{0,3}\{)|[:,[]\s{0,4}\[\s{0,3}"(?:javax\.(?:swing|naming|script|management|sql)|java\.(?:net\.url|lang\.(?:process|runtime|class)|rmi|beans)|com\.sun|sun|jdk)\.?[\w.$]{2,160}"\s{0,3},\s{0,3}[[{]/u;

const className =
  /^(?:l?)(?:javax?|com|org|sun|ch|oracle|net|br|jdk|groovy|clojure)\.(?:[\w$]{1,40}\.){1,10}[\w$]{2,80};?$/u;
const dotnetName =
  /^(?:system|microsoft|presentation\w{0,20}|yamldotnet|newtonsoft)\.[\w.+`[\]]{2,200}(?:, ?[\w.]{2,80}.{0,160})?$/u;

/** `java.lang.RuntimeException` in a stack trace is no `java.lang.Runtime`. */
function isException(lower: string, word: string): boolean {
  return word === 'java.lang.runtime' && !/java\.lang\.runtime(?!exception)/u.test(lower);
}

/** Type names where a parser chooses the class from: `@type`, `$type`, `@class`, arrays that begin with a class, XML beans. */
export function judgeNames(lower: string, name: string, isValue: boolean, tell: TellName): void {
  const gadget = gadgets.find(word => lower.includes(word) && !isException(lower, word));
  const last = name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(']')) + 1).replace(/^\./u, '');
  const isTypeField = [
    '@type',
    '$type',
    '__type',
    '@class',
    'class',
    '_class',
    'type',
    'classname',
    'javaclass',
    'typename',
    'objecttype',
    'clazz',
  ].includes(last);
  if (isValue && lower.length <= 400) {
    const isClass = className.test(lower);
    if (
      isTypeField &&
      ((last.startsWith('@') && isClass) ||
        (gadget !== undefined && (isClass || dotnetName.test(lower))) ||
        (last.startsWith('$') && dotnetName.test(lower)))
    )
      tell('type_name', 0);
    else if (isClass && gadget !== undefined) tell('type_name', 0);
    else if (dotnetName.test(lower) && gadget !== undefined && lower.includes(',')) tell('type_name', 0);
  }
  const inside =
    /["']?(?:@type|@class|\$type|__type|javaclass|__class__|class|_t|_class|__class|\$class|#class|~type|@c|type_?name|bean_?class|clazz)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']\s{0,2}(l?(?:javax?|com|org|sun|ch|oracle|net|br|jdk)\.[\w.$]{2,160}|(?:system|microsoft)\.[\w.+`[\]]{2,160})/u.exec(
      lower,
    );
  if (
    inside !== null &&
    (gadget !== undefined || /@type|@class|__class__|javaclass/u.test(inside[0])
      ? !lower.includes('type.googleapis.com')
      : inside[0].includes('$type') && lower.slice(inside.index).includes(','))
  )
    tell('type_name', inside.index);
  const listed = /\[\s{0,3}["'](?:javax?|com|org|sun|ch|oracle|net|br)\.[\w.$]{4,160}["']\s{0,3},\s{0,3}[{["']/u.exec(
    lower,
  );
  if (listed !== null && gadget !== undefined) tell('type_name', listed.index);
  if (namedFirst.test(lower)) tell('type_name', 0);
  const escaped = escapedType.exec(lower);
  if (escaped !== null) tell('type_name', escaped.index);
  const typed = xmlType.exec(lower);
  if (typed !== null) tell('xml_object', typed.index);
  judgeXmlObjects(lower, tell);
  if (gadget !== undefined && !isFrame(lower, gadget)) tell('gadget', lower.indexOf(gadget));
}

/** `at java.lang.Runtime.exec(Runtime.java:347)`: a line of a trace, whose brackets hold a file and a line. */
function isFrame(lower: string, gadget: string): boolean {
  const at = lower.indexOf(gadget) + gadget.length;
  return /^[\w.$<>]{0,80}\((?:\w{1,60}\.(?:java|kt|scala|groovy)(?::\d{1,6})?|native method|unknown source)\)/u.test(
    lower.slice(at, at + 180),
  );
}

const xmlObject =
  /<(?:java\s[^>]{0,80}xmldecoder|void\s{1,4}(?:method|property|class|index)=|object\s{1,4}class=["'](?:java|com|org|sun)|dynamic-proxy>|java\.(?:util|lang|beans|net|io|rmi)\.[a-z]|javax\.[a-z]|com\.sun\.|org\.apache\.commons\.|sorted-set>|tree-map>|jdk\.nashorn|groovy\.|org\.codehaus\.groovy|objectdataprovider|resourcedictionary|expandedwrapper|system:process|\w{1,12}:process\s|diffgr:diffgram|\w{1,12}:\w{1,60}\s[^<>]{0,80}xmlns:\w{1,12}=["']http:\/\/schemas\.microsoft\.com\/clr\/)/u;

function judgeXmlObjects(lower: string, tell: TellName): void {
  if (!lower.includes('<')) return;
  const found = xmlObject.exec(lower);
  if (found === null) return;
  // A generic type in code (`List<java.util.Map>`) is no element: elements close or hold others.
  const isElement = /^<[\w.:$-]{1,120}(?:\s[^<>]{0,400})?\/?>\s{0,40}(?:<|$|[\w])/u.test(
    lower.slice(found.index, found.index + 600),
  );
  const isGeneric = /[\w.]$/u.test(lower.slice(Math.max(0, found.index - 1), found.index));
  if (isElement && !isGeneric) tell('xml_object', found.index);
}
