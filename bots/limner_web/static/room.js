// A page that is read: what it needs of scripts is to say that it is there.
document.documentElement.dataset.ready = "true";
