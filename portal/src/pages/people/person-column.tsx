import { Link } from '@tanstack/react-router';
import type { Column } from '../../components/data-table.tsx';
import { TwoLines } from '../../components/two-lines.tsx';

/** Who a row is about, with the way to their page. */
export const personColumn: Column<{ readonly id: string; readonly name: string; readonly email: string }> = {
  key: 'person',
  header: 'Person',
  width: 'minmax(0, 3fr)',
  narrow: 'title',
  cell: ({ email, id, name }) => (
    <TwoLines below={email}>
      <Link to="/people/$personId" params={{ personId: id }}>
        {name}
      </Link>
    </TwoLines>
  ),
};
