/** The URL as it may be shown: without user and password, also where the password has an @ or a / in it. */
export const withoutCredentials = (url: string): string =>
  url
    .replace(/\/\/.*@/, "//")
    .replace(/(?<=[?&])(user|password)=[^&]*(&|$)/g, "")
    .replace(/[?&]$/, "");
