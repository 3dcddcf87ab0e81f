import { Checkbox } from '@mantine/core';
import styles from './keys.module.css';
import { projectAbilities } from './permission-words.ts';

/** Permissions to tick, grouped by what they are about; `available` bounds the choice. */
export function PermissionChoice({
  value,
  available,
  error,
  onChange,
}: {
  value: readonly string[];
  available?: readonly string[] | undefined;
  error?: string | undefined;
  onChange: (value: string[]) => void;
}) {
  const groups = projectAbilities
    .map(({ group, items }) => ({
      group,
      items: items.filter(item => available === undefined || available.includes(item.value)),
    }))
    .filter(({ items }) => items.length > 0);
  return (
    <Checkbox.Group label="May" error={error} value={[...value]} onChange={onChange}>
      <div className={styles.abilities}>
        {groups.map(({ group, items }) => (
          <fieldset key={group} className={styles.group}>
            <legend>{group}</legend>
            {items.map(item => (
              <Checkbox key={item.value} size="xs" value={item.value} label={item.label} />
            ))}
          </fieldset>
        ))}
      </div>
    </Checkbox.Group>
  );
}
