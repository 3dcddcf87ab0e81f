// Sends the one form of a page that leads on to an identity provider. Without a script the button does.
document.querySelector('form[data-onward]')?.submit();
