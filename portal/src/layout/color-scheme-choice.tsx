import { useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import styles from './color-scheme-choice.module.css';

const choices = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const;

/** Light, dark, or as the system says. */
export function ColorSchemeChoice() {
  // Without keepTransitions Mantine would write an inline style sheet to stop them.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <div role="group" aria-label="Colour scheme" className={styles.choice}>
      {choices.map(choice => (
        <button
          key={choice.value}
          type="button"
          title={choice.label}
          aria-label={choice.label}
          aria-pressed={colorScheme === choice.value}
          onClick={() => setColorScheme(choice.value)}
        >
          <choice.icon size={16} stroke={1.6} aria-hidden />
        </button>
      ))}
    </div>
  );
}
