/** The mark: a fort's gate with its portcullis half raised. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        fill="var(--logo-wall, currentColor)"
        fillRule="evenodd"
        d="M4 5h5v3h4.5V5h5v3H23V5h5v22h-6V17a6 6 0 0 0-12 0v10H4z"
      />
      <path
        stroke="var(--logo-bars, #d6b36a)"
        strokeWidth="1.6"
        strokeLinecap="round"
        fill="none"
        d="M13.2 13.5v9.5M16 12.5v10.5M18.8 13.5v9.5M11.5 17h9M11.5 20.5h9"
      />
    </svg>
  );
}
