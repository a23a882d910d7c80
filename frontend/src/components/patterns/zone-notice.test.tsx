import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ZoneNotice } from './zone-notice';

describe('the notice about zones', () => {
  it('says that dates are in UTC and which zone is not known', () => {
    render(<ZoneNotice zone="localtime" />);
    expect(screen.getByRole('note').textContent).toMatch(/UTC.*localtime/);
  });

  it('is absent for a zone that is known', () => {
    render(<ZoneNotice zone="Europe/London" />);
    expect(screen.queryByRole('note')).toBeNull();
  });
});
