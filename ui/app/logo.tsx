/** Three streams that become one. */
export function Logo() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" fill="none" strokeLinecap="round" aria-hidden="true">
      <path d="M16 30V17" stroke="var(--mantine-color-river-6)" strokeWidth="5" />
      <path d="M16 18C16 11 7 11 6 3" stroke="var(--mantine-color-river-5)" strokeWidth="3.5" />
      <path d="M16 18c0-7 9-7 10-15" stroke="var(--mantine-color-river-6)" strokeWidth="3.5" />
      <path d="M16 15V3" stroke="var(--mantine-color-river-4)" strokeWidth="2.5" />
    </svg>
  );
}
