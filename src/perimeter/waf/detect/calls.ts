/** What reaches into the objects of well-known products: names of their machinery that no form of theirs sends, and classes as values. */

import type { Detector, Place, Rule } from '../waf.ts';

const rules = [
  { id: 'code.machinery_name', title: 'a field that sets the inner workings of a product', points: 5, paranoia: 1 },
  {
    id: 'code.machinery_value',
    title: 'a value that makes a product run what the sender wants',
    points: 5,
    paranoia: 1,
  },
] as const satisfies readonly Rule[];

/** Drupal's render arrays, Yii's and Craft's object settings, Guzzle's streams of functions, the totals of Magento, roles of WordPress. */
const machinery =
  /#(?:post_render|pre_render|lazy_builder|access_callback|value_callback|after_build|element_validate)\b|__construct\(\)|\b_fn_(?:close|__tostring|rewind|eof|read)\b|\b(?:totalscollector|totalsreader|collectorlist)\b.{0,80}sourcedata|^(?:\w{1,12}_)?wp_capabilities\b|^litespeed_(?:role|hash)$|^user\[email\]\[\]$/;
/** Classes that are known for what they run when they are made or let go, alone or quoted as a class. */
const classes =
  /(?:^\\{0,4}|["':=]\\{0,4})(?:guzzlehttp\\{1,4}psr7\\{1,4}fnstream|yii\\{1,4}rbac\\{1,4}phpmanager|illuminate\\{1,4}broadcasting\\{1,4}(?:pendingbroadcast|broadcastevent)|laravel\\{1,4}serializableclosure\\{1,4}serializableclosure|monolog\\{1,4}handler\\{1,4}(?:buffer|groups|syslogudp)handler|phpunit\\{1,4}framework\\{1,4}mockobject\\{1,4}\w{1,40}|symfony\\{1,4}component\\{1,4}cache\\{1,4}adapter\\{1,4}tagawareadapter)(?:$|["';:])/;
const drivers =
  /(?:;|mem:|h2:.{0,80})\s{0,4}\\{0,2};?\s{0,4}init\s{0,2}=\s{0,2}(?:runscript|create\s|call\s)|[?&;](?:autodeserialize=(?:true|yes)|queryinterceptors=com\.mysql|statementinterceptors=com\.mysql|(?:socketfactory|sslfactory)=[\w.]{0,60}(?:xmlapplicationcontext|fileoutputstream|fileinputstream)|plugin_dir=.{0,80}default_authentication_plugin)/;
const macros = /\{\{(?:groovy|velocity)\b|\{\{async\s{1,4}async\s{0,2}=/;
const functions = /^(?:exec|system|passthru|shell_exec|popen|proc_open|assert|array_map|call_user_func(?:_array)?)$/;

export const calls: Detector = {
  id: 'code.calls',
  rules,
  needles: [
    '#post_render',
    '#pre_render',
    '#lazy_builder',
    '#access_callback',
    '#value_callback',
    '#after_build',
    '#element_validate',
    '__construct()',
    '_fn_',
    'sourcedata',
    'wp_capabilities',
    'user[email][]',
    'litespeed_',
    'fnstream',
    'phpmanager',
    'pendingbroadcast',
    'broadcastevent',
    'serializableclosure',
    'handler\\',
    'mockobject',
    'tagawareadapter',
    'runscript',
    'autodeserialize',
    'queryinterceptors',
    'statementinterceptors',
    'socketfactory',
    'sslfactory',
    '{{groovy',
    '{{velocity',
    '{{async',
    '#value',
    'exec',
    'system',
    'passthru',
    'array_map',
    'call_user_func',
  ],
  chars: 0,
  mayMatch: ({ place, text }) => place.part === 'name' || text.length > 12 || isCallback(place) || text.includes('#'),
  detect({ lower, place }, hit) {
    const whole = (rule: (typeof rules)[number]['id']): void => hit(rule, 0, Math.min(lower.length, 200));
    if (place.part === 'name') {
      if (machinery.test(lower) || machinery.test(place.name.toLowerCase())) whole('code.machinery_name');
      return;
    }
    if (classes.test(lower) || drivers.test(lower) || macros.test(lower)) return whole('code.machinery_value');
    if (isCallback(place) && functions.test(lower)) return whole('code.machinery_value');
    if (place.name === 'element_parents' && lower.includes('#')) whole('code.machinery_value');
  },
};

/** Fields that libraries in PHP take the name of a function from. */
function isCallback({ name }: Place): boolean {
  return /^(?:hhook|hexec|callback_function|func|function|filter\[\]|_callback)$/i.test(name);
}
