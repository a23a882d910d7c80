/** Runs before the first paint, so that a chosen theme never flashes in late. Its hash is in the page's policy. */
export const THEME_BOOT = `try{var t=localStorage.getItem("smartstack.theme");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch(e){}`;
