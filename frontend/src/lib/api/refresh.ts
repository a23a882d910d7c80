/** Numbers of a system at work are fetched again this often while they are on screen. */
export const REFRESH_MS = 5000;
