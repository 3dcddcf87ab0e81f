import type { OperationInput, OperationOutput } from '../../admin/client.ts';
import type { Command } from './command.ts';
import { usage } from './command.ts';
import { printTable, printTime } from './table.ts';

type Match = OperationOutput<'perimeter.incident'>['matches'][number];

const modes = ['off', 'shadow', 'block'] as const;
const answerModes = ['off', 'shadow', 'redact', 'block'] as const;
const shownMax = 20;

/** `query "q"`, or the zone alone where it has no names; says when the name itself is meant. */
export function placeOf({ name, part, zone }: { zone: string; name: string; part: string }): string {
  const where = name === '' ? zone : `${zone} "${name}"`;
  return part === 'name' ? `${where} (its name)` : where;
}

/** What matched, one row each. */
export function printMatches(matches: readonly Omit<Match, 'title'>[]): string {
  const rows = matches.map(one => [one.rule, String(one.points), placeOf(one), one.excerpt]);
  return printTable(['RULE', 'POINTS', 'PLACE', 'PART'], rows);
}

/** `sqli 10, xss 5`, highest first. */
export function printScores(scores: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(scores).toSorted((a, b) => b[1] - a[1]);
  return sorted.map(([category, points]) => `${category} ${points}`).join(', ') || 'none';
}

const incident: Command = {
  name: 'incident',
  summary: 'Explain a request that was stopped, by the number its visitor was shown',
  positionals: [{ name: 'id' }],
  options: [],
  examples: ['sallyport incident 019aa2c4-7c10-7b90-8f00-2c9a51d0e7f4'],
  async run(ctx, args) {
    const found = await ctx.client()('perimeter.incident', { params: { id: args.positionals[0] ?? '' } });
    if (ctx.json) {
      ctx.out(`${JSON.stringify(found)}\n`);
      return 0;
    }
    const [event] = found.events;
    const finished = found.events.find(({ type }) => type === 'request.finished')?.data;
    const line = (name: string, value: string) => ctx.out(`${name.padEnd(10)}${value}\n`);
    if (event !== undefined) {
      line('When', printTime(event.time));
      line('Who', `${event.principal.name} from ${event.clientIp ?? 'an unknown address'}`);
      line('Site', event.site ?? 'none');
    }
    if (typeof finished?.['path'] === 'string')
      line('Request', `${String(finished['method'])} ${finished['path']} (${String(finished['endpoint'])})`);
    line('Layer', found.layer ?? 'none: it was not stopped');
    if (found.reason !== null) line('Why', found.reason);
    if (found.problem !== null) line('Unread', found.problem);
    const threshold = found.threshold === null ? '' : `, stopped at ${found.threshold}`;
    if (Object.keys(found.scores).length > 0) line('Scores', `${printScores(found.scores)}${threshold}`);
    if (found.matches.length > 0) ctx.out(`\n${printMatches(found.matches)}`);
    if (found.proposals.length > 0) {
      const rows = found.proposals.map(one => [one.rule, one.endpoint, one.zone, one.name]);
      ctx.out(`\nIf this was honest work, this would let it through:\n\n`);
      ctx.out(printTable(['RULE', 'ENDPOINT', 'ZONE', 'NAME'], rows));
      const site = event?.site ?? '<site>';
      ctx.out(`\n  ./bin/sallyport exclusions add ${site} --incident ${found.id} --reason "why it is honest"\n`);
    }
    return 0;
  },
};

const shadow: Command = {
  name: 'shadow',
  summary: 'Show what a site in shadow mode would have stopped in the last 24 hours',
  positionals: [{ name: 'site' }],
  options: [],
  examples: ['sallyport shadow n8n'],
  async run(ctx, args) {
    const client = ctx.client();
    const site = await client('sites.get', { params: { id: args.positionals[0] ?? '' } });
    const { shadow: day } = await client('perimeter.summary', { query: { site: site.id } });
    const query = { site: site.id, verdict: 'would_block' as const, from: ctx.now() - 86_400_000, limit: 200 };
    const { incidents } = await client('perimeter.incidents', { query });
    if (ctx.json) {
      ctx.out(`${JSON.stringify({ ...day, incidents })}\n`);
      return 0;
    }
    const isWatching = [site.guard.firewall, site.guard.shields, site.guard.coreRules].includes('shadow');
    if (!isWatching)
      ctx.out(`${site.name} is not in shadow mode: ./bin/sallyport firewall ${site.name} --mode shadow\n`);
    if (isWatching) {
      const seen = `${day.wouldBlock.toLocaleString('en-GB')} of ${day.requests.toLocaleString('en-GB')} requests`;
      ctx.out(`Would have stopped ${seen}${incidents.length > 0 ? ':' : '.'}\n`);
    }
    if (incidents.length === 0) return 0;
    const rows = incidents.slice(0, shownMax).map(one => {
      const worst = one.matches.toSorted((a, b) => b.points - a.points)[0];
      const why = worst === undefined ? (one.problem ?? '') : `${worst.rule} at ${placeOf(worst)}`;
      return [printTime(one.time), `${one.method} ${one.path}`, why, one.id];
    });
    ctx.out(`\n${printTable(['TIME', 'REQUEST', 'WHY', 'INCIDENT'], rows)}`);
    if (incidents.length > shownMax) ctx.out(`\n${incidents.length - shownMax} more: use --json\n`);
    return 0;
  },
};

const advisories: Command = {
  name: 'advisories',
  summary: 'Show known advisories for the platform of a site: shielded, or curable by an update only',
  positionals: [{ name: 'site' }],
  options: [{ name: 'all', flag: true, describe: 'Also those that the version does not have' }],
  examples: ['sallyport advisories n8n'],
  async run(ctx, args) {
    const found = await ctx.client()('perimeter.advisories', { query: { site: args.positionals[0] ?? '' } });
    if (ctx.json) {
      ctx.out(`${JSON.stringify(found)}\n`);
      return 0;
    }
    const shown = found.advisories.filter(one => args.flag('all') || one.state !== 'not_affected');
    ctx.out(`The platform says it runs ${found.version ?? 'a version unknown to the gate'}.\n`);
    if (shown.length === 0) ctx.out('No known advisory concerns it.\n');
    else {
      const rows = shown.map(one => [one.id, one.severity, one.state.replaceAll('_', ' '), one.affected, one.title]);
      ctx.out(`\n${printTable(['ADVISORY', 'SEVERITY', 'STATE', 'AFFECTED', 'WHAT'], rows)}`);
    }
    return shown.some(one => one.state === 'update_needed') ? 1 : 0;
  },
};

type Guard = NonNullable<OperationInput<'sites.update'>['body']['guard']>;

const firewall: Command = {
  name: 'firewall',
  summary: 'Show or change how hostile traffic is met at a site',
  positionals: [{ name: 'site' }],
  options: [
    { name: 'mode', describe: 'The firewall: shadow records what block would stop', choices: modes },
    {
      name: 'paranoia',
      describe: 'Each level above 1 stops more and wants more exclusions',
      choices: ['1', '2', '3', '4'],
    },
    { name: 'threshold', describe: 'Points in one category that stop a request, 1 to 100 (default 5)' },
    { name: 'shields', describe: 'Virtual patches for known advisories of the platform', choices: modes },
    { name: 'answers', describe: 'What leaves in answers: traces, keys, card numbers', choices: answerModes },
    { name: 'core-rules', describe: 'The OWASP Core Rule Set beside the own firewall', choices: modes },
  ],
  examples: ['sallyport firewall n8n', 'sallyport firewall n8n --mode shadow', 'sallyport firewall wiki --paranoia 2'],
  async run(ctx, args) {
    const client = ctx.client();
    const site = await client('sites.get', { params: { id: args.positionals[0] ?? '' } });
    const threshold = args.option('threshold');
    if (threshold !== undefined && !/^[1-9]\d{0,2}$/.test(threshold))
      throw usage(firewall, `--threshold is "${threshold}"; want a number from 1 to 100`);
    const mode = modes.find(one => one === args.option('mode'));
    const paranoia = ([1, 2, 3, 4] as const).find(one => String(one) === args.option('paranoia'));
    const shields = modes.find(one => one === args.option('shields'));
    const answers = answerModes.find(one => one === args.option('answers'));
    const coreRules = modes.find(one => one === args.option('core-rules'));
    const change: Guard = {
      ...(mode === undefined ? {} : { firewall: mode }),
      ...(paranoia === undefined ? {} : { paranoia }),
      ...(threshold === undefined ? {} : { threshold: Number(threshold) }),
      ...(shields === undefined ? {} : { shields }),
      ...(answers === undefined ? {} : { answers }),
      ...(coreRules === undefined ? {} : { coreRules }),
    };
    const isChange = Object.keys(change).length > 0;
    const now = isChange ? await client('sites.update', { params: { id: site.id }, body: { guard: change } }) : site;
    if (ctx.json) {
      ctx.out(`${JSON.stringify(now.guard)}\n`);
      return 0;
    }
    const { guard } = now;
    const countries =
      guard.countries.rule === 'any' ? 'any' : `${guard.countries.rule} ${guard.countries.codes.join(', ')}`;
    const rows = [
      ['firewall', guard.firewall],
      ['paranoia', String(guard.paranoia)],
      ['threshold', String(guard.threshold)],
      ['shields', guard.shields],
      ['answers', guard.answers],
      ['core rules', guard.coreRules],
      ['countries', countries],
      ['anonymisers', guard.anonymisers],
      ['challenge', guard.challenge],
    ];
    if (isChange) ctx.out(`${site.name} is changed. The next request follows it.\n\n`);
    ctx.out(printTable(['SETTING', 'VALUE'], rows));
    return 0;
  },
};

export const perimeterCommands: readonly Command[] = [incident, shadow, firewall, advisories];
