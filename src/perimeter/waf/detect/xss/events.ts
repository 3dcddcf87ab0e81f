/** The event handler attributes of HTML, SVG and old browsers, without their `on`, by family. */
const families = [
  'abort blur cancel canplay canplaythrough change click close contextmenu copy cuechange cut dblclick drag dragend dragenter dragexit',
  'dragleave dragover dragstart drop durationchange emptied ended error focus focusin focusout formdata input invalid keydown keypress',
  'keyup load loadeddata loadedmetadata loadend loadstart mousedown mouseenter mouseleave mousemove mouseout mouseover mouseup',
  'mousewheel wheel paste pause play playing progress ratechange reset resize scroll scrollend search seeked seeking select',
  'selectionchange selectstart show slotchange stalled submit suspend timeupdate toggle beforetoggle unhandledrejection volumechange',
  'waiting animationstart animationend animationiteration animationcancel transitionend transitionrun transitionstart transitioncancel',
  'webkitanimationstart webkitanimationend webkitanimationiteration webkittransitionend pointerover pointerenter pointerdown pointermove',
  'pointerup pointercancel pointerout pointerleave pointerrawupdate gotpointercapture lostpointercapture touchstart touchend touchmove',
  'touchcancel auxclick beforeinput beforecopy beforecut beforepaste beforeprint afterprint beforeunload unload hashchange',
  'languagechange message messageerror offline online pagehide pageshow popstate rejectionhandled storage fullscreenchange',
  'fullscreenerror webkitfullscreenchange webkitfullscreenerror mozfullscreenchange begin end repeat start finish bounce',
  'readystatechange activate beforeactivate beforedeactivate deactivate afterupdate beforeupdate beforeeditfocus cellchange',
  'controlselect dataavailable datasetchanged datasetcomplete errorupdate filterchange help layoutcomplete losecapture move moveend',
  'movestart propertychange resizeend resizestart rowenter rowexit rowsdelete rowsinserted stop timeout mediacomplete mediaerror',
  'outofsync redo undo reverse resume seek syncrestored trackchange urlflip zoom beforematch contentvisibilityautostatechange',
  'scrollsnapchange scrollsnapchanging securitypolicyviolation webkitmouseforcechanged webkitmouseforcedown webkitmouseforceup',
  'webkitmouseforcewillbegin webkitwillrevealbottom webkitplaybacktargetavailabilitychanged webkitkeyadded webkitneedkey command',
  'devicemotion deviceorientation deviceorientationabsolute mouseforcechanged pagereveal pageswap beforexrselect location',
];

const known: ReadonlySet<string> = new Set(families.join(' ').split(' '));

/** True for the lower-case name of an attribute that runs its value as script. */
export function isEventHandler(name: string): boolean {
  return name.startsWith('on') && known.has(name.slice(2));
}
