import type { AuthoredByAction } from '../authored.ts';

/** Parts of a workflow that are its author's work: parameters, pinned data, notes, and the node names that the links repeat as keys. */
const workflow = (at: string): readonly string[] => [
  `json:${at}nodes[].parameters.**`,
  `json:${at}nodes[].name`,
  `json:${at}nodes[].notes`,
  `json:${at}nodes[].webhookId`,
  `json:${at}nodes[].credentials.**`,
  `json:${at}connections.**`,
  `json:${at}pinData.**`,
  `json:${at}staticData.**`,
  `json:${at}nodeGroups.**`,
  `json:${at}meta.**`,
  `json:${at}description`,
];

/** What a run in the editor brings along: the workflow, data of earlier nodes, and the names of nodes. */
const run = [
  ...workflow('workflowData.'),
  'json:runData.**',
  'json:startNodes[].**',
  'json:destinationNode.**',
  'json:destinationNode',
  'json:triggerToStartFrom.**',
  'json:dirtyNodeNames[]',
  'json:agentRequest.**',
  'json:chatSessionId',
];

/** What a node asks for its lists while it is edited. */
const nodeQuestion = [
  'json:currentNodeParameters.**',
  'json:nodeTypeAndVersion.**',
  'json:credentials.**',
  'json:path',
  'json:methodName',
  'json:loadOptions.**',
  'json:filter',
  'json:payload.**',
];

const versioned = [...workflow(''), ...workflow('workflow.'), 'json:name', 'json:versionData.**'];

/**
 * Where people write code, SQL, markup and prompts when they do this. Names of workflows, credentials, tags and projects are none of it:
 * they are shown to others.
 */
export const n8nAuthored: AuthoredByAction = {
  'workflow.create': versioned.filter(pattern => pattern !== 'json:name'),
  'workflow.update': [...versioned.filter(pattern => pattern !== 'json:name'), 'json:metrics[].**', 'json:rows[].**'],
  'workflow.execute': [...run, ...workflow('')],
  'workflow.import': ['json:**', 'file:**', 'multipart:**'],
  'workflow.read': ['json:**.parameters.**', 'json:nodes[].**', 'json:path'],
  'execution.retry': ['json:workflowData.**'],
  'execution.control': ['json:annotation.**', 'json:note', 'json:vote'],
  'execution.read': ['query:filter'],
  'credential.create': ['json:data.**'],
  'credential.update': ['json:data.**'],
  'credential.test': ['json:credentials.data.**', 'json:credentials.**', 'json:data.**'],
  'credential.use': nodeQuestion,
  'data_source.create': ['file:**', 'multipart:**'],
  'data_source.write': [
    'json:data.**',
    'json:data[].**',
    'json:rows[].**',
    'json:filter.**',
    'json:filters.**',
    'file:**',
  ],
  'data_source.manage': ['json:data.**'],
  'variable.manage': ['json:value'],
  'agent.create': ['json:**'],
  'agent.update': ['json:**', 'file:**'],
  'agent.execute': ['json:**'],
  'chat.build': ['json:**', 'file:**'],
  'chat.execute': ['json:**', 'file:**'],
  'settings.manage': ['json:**'],
  // Answers of a survey, shown to nobody here.
  'user.preferences': ['json:otherCompanyIndustryExtended', 'json:otherCompanyIndustryExtended[]'],
  telemetry: ['json:**', 'text:**'],
};
