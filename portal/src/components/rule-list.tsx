import { ActionIcon, Button, Stack } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './rule-list.module.css';

export interface RuleListProps<Rule> {
  readonly rules: readonly Rule[];
  readonly onChange: (rules: Rule[]) => void;
  /** What the box of a rule is called. */
  readonly legend: (rule: Rule) => string;
  /** What is removed with a rule, for who hears the button: `rule 2`. */
  readonly name: (rule: Rule, index: number) => string;
  /** What the button under the rules says, and the rule it adds. */
  readonly add: string;
  readonly fresh: Rule;
  readonly children: (rule: Rule, put: (change: Partial<Rule>) => void, index: number) => ReactNode;
}

/** Rules below each other, each in a box with its fields and a way to remove it, and the way to one more. */
export function RuleList<Rule>(props: RuleListProps<Rule>) {
  const { rules, onChange, legend, name, add, fresh, children } = props;
  const put = (index: number) => (change: Partial<Rule>) =>
    onChange(rules.map((rule, at) => (at === index ? { ...rule, ...change } : rule)));
  return (
    <Stack gap="sm">
      {rules.map((rule, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a rule has no identity but its place while it is edited
        <fieldset key={index} className={styles.rule}>
          <legend>{legend(rule)}</legend>
          <Stack gap="sm">{children(rule, put(index), index)}</Stack>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove ${name(rule, index)}`}
            onClick={() => onChange(rules.filter((_, at) => at !== index))}
          >
            <IconTrash size={17} stroke={1.6} />
          </ActionIcon>
        </fieldset>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rules, fresh])}
        >
          {add}
        </Button>
      </div>
    </Stack>
  );
}
