/** Documents of MongoDB and CouchDB that come as the text of a value: which of them no page of the application would have asked for. */

/** Compare one field: at the beginning of the document there is no field, and the whole stands where one plain value belongs. */
const comparisons: ReadonlySet<string> = new Set(
  '$eq $ne $gt $gte $lt $lte $in $nin $not $all $size $type $mod $regex $options $exists $elemmatch'.split(' '),
);
const first = /^\s{0,8}\{\s{0,8}["']?$/u;
/** The first stage of an aggregation. */
const firstStage = /^\s{0,8}\[\s{0,8}\{\s{0,8}["']?$/u;
const stage =
  /^\$(?:match|group|project|lookup|graphlookup|unionwith|merge|out|facet|unwind|sample|count|currentop|listsessions|listlocalsessions|collstats|indexstats|plancachestats|addfields|set|unset|limit|sort|sortbycount|bucket|bucketauto|replaceroot|replacewith|redact|geonear|setwindowfields|fill|densify|documents|search|vectorsearch|changestream|listsearchindexes|shardeddatadistribution|querysettings)$/u;
/** An update, or a stage, where one plain value belongs: the whole of the document and nothing but its operand. */
const update: ReadonlySet<string> = new Set(
  '$set $unset $inc $mul $rename $push $pull $pullall $addtoset $pop $setoninsert $currentdate $bit'.split(' '),
);
const granted =
  /["']?(?:\w{1,24}\.)?(?:roles?|user_?type|is_?(?:admin|staff|superuser|root|owner|verified|active)|admin|owner|pass(?:word|wd)?(?:_?hash)?|pwd|pin|(?:\w{0,12}_?)?permissions?|privileges?|scopes?|balance|credits?|plan|groups?|verified|email_?verified|two_?factor\w{0,12}|mfa\w{0,12}|access_?level|level|tenant(?:_?id)?)["']?\s{0,4}:/u;
/** Expressions in the place of a field: what is compared is not the field's value. */
const element =
  /^\$(?:(?:ne|eq|gte?|lte?|exists|regex|not|type|size|mod)["']?\s{0,4}:\s{0,4}[^[\s]|n?in["']?\s{0,4}:\s{0,4}\[[^[\]$]{0,200}\])/u;
const inList = /\[\s{0,4}(?:\{[^{}]{0,40}\}\s{0,3},\s{0,3})?\{\s{0,4}["']$/u;
/** No operator, doubled: pages that ask for everything but one value have a shorter word for it. */
const doubled = /^\$not["']?\s{0,4}:\s{0,4}\{\s{0,4}["']?\$(?:eq|ne|exists|not)\b/u;
/** Whose rows somebody asks for by the names of those who may do everything. */
const powerful =
  /^\$(?:in|eq|all)["']?\s{0,4}:\s{0,4}\[?\s{0,4}["'](?:admin|administrator|root|superuser|superadmin|sysadmin|sa|system)["']/u;
const owner =
  /["'](?:owner|user|user_?name|login|account|uid|user_?id|email|name|author|created_?by)["']\s{0,4}:\s{0,4}\{\s{0,4}["']$/u;
/** The field before is one that people sign in with or that says what they may. */
const account =
  /["'](?:login|user_?name|pass|password|passwd|pwd|otp|pin|secret|api_?key|is_?admin|\w{0,16}token|password_?hash)["']\s{0,4}:\s{0,4}\{\s{0,4}["']$/u;
/** Greater than nothing, or than the empty text: true of every text. */
const always = /^\$gte?["']?\s{0,4}:\s{0,4}(?:null|""|'')\s{0,4}[,}]/u;
/** Not among none. */
const none = /^\$(?:nin["']?\s{0,4}:|not["']?\s{0,4}:\s{0,4}\{\s{0,4}["']?\$in["']?\s{0,4}:)\s{0,4}\[\s{0,4}\]/u;
/** Operands of another type than the operator has (MongoDB manual, query operators): nobody's page sends them. */
const mistyped =
  /^\$(?:exists["']?\s{0,4}:\s{0,4}["'](?!(?:true|false)["'])|size["']?\s{0,4}:\s{0,4}[["'{]|in["']?\s{0,4}:\s{0,4}[\d"'{])/u;
/** What an update may not be asked to write. */
const privilege =
  /^\$(?:set|unset|inc|push|addtoset|rename)["']?\s{0,4}:\s{0,4}\{\s{0,4}["']?(?:roles?|is_?(?:admin|staff|superuser)|admin|pass(?:word)?|pin|permissions?|balance|credits?)\b/u;

/** Whether the operator at `at` makes the document one that takes the place of a value, is true of everything or breaks its own language. */
export function isForeignDocument(
  lower: string,
  word: string,
  { at, end }: { readonly at: number; readonly end: number },
): boolean {
  const before = lower.slice(Math.max(0, at - 64), at);
  const isFirst = at <= 24;
  if (isFirst && comparisons.has(word) && first.test(before)) return isClosed(lower, end);
  if (isFirst && stage.test(word) && (firstStage.test(before) || (first.test(before) && !update.has(word))))
    return isClosed(lower, end);
  if (isFirst && update.has(word) && first.test(before))
    return isClosed(lower, end) && granted.test(lower.slice(at, at + 400));
  const rest = lower.slice(at, at + 80);
  if (always.test(rest) || none.test(rest)) return true;
  if (mistyped.test(rest) || doubled.test(rest)) return true;
  if (inList.test(before) && element.test(lower.slice(at, at + 260))) return true;
  if (owner.test(before) && powerful.test(rest)) return true;
  if (privilege.test(rest)) return /["']?updates?["']?\s{0,4}:\s{0,4}\{\s{0,4}["']?$/u.test(before);
  return account.test(before) && comparisons.has(word);
}

/** Nothing but the document: a bracket closes at the end. */
const isClosed = (lower: string, end: number): boolean =>
  /[}\]]\s{0,8}$/u.test(lower.slice(Math.max(end, lower.length - 12)));
