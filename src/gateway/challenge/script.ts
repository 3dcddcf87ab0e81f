/**
 * What the challenge page runs: SHA-256 (FIPS 180-4) over one block, again and again, a few milliseconds at a time so that the page stays alive.
 * In words that browsers of 2018 know. `solver` is apart so that a test can run it without a page.
 */
export const solver = `function solver(seed,bits){
var K=[],H=[],n=2,i,c=0;
for(;c<64;n++){for(i=2;i*i<=n&&n%i;i++);if(i*i>n){if(c<8)H[c]=Math.sqrt(n)%1*4294967296|0;K[c++]=Math.cbrt(n)%1*4294967296|0}}
var W=new Int32Array(64),task=0,at=0,found='';
function load(){W.fill(0,0,16);var t='12345678:'+task+':'+seed,j;for(j=0;j<t.length;j++)W[j>>2]|=t.charCodeAt(j)<<(24-j%4*8);W[j>>2]|=128<<(24-j%4*8);W[15]=t.length*8}
function word(x){return 1633771873+((x&61440)<<12|(x&3840)<<8|(x&240)<<4|x&15)}
function text(x){for(var s='',k=24;k>=0;k-=8)s+=String.fromCharCode(x>>k&255);return s}
function zeros(){var a=H[0],b=H[1],c=H[2],d=H[3],e=H[4],f=H[5],g=H[6],h=H[7],j,x,y,p,q;
for(j=0;j<64;j++){
if(j>15){x=W[j-15];y=W[j-2];W[j]=W[j-16]+((x>>>7|x<<25)^(x>>>18|x<<14)^x>>>3)+W[j-7]+((y>>>17|y<<15)^(y>>>19|y<<13)^y>>>10)|0}
p=h+((e>>>6|e<<26)^(e>>>11|e<<21)^(e>>>25|e<<7))+(e&f^~e&g)+K[j]+W[j]|0;
q=((a>>>2|a<<30)^(a>>>13|a<<19)^(a>>>22|a<<10))+(a&b^a&c^b&c)|0;
h=g;g=f;f=e;e=d+p|0;d=c;c=b;b=a;a=p+q|0}
return Math.clz32(a+H[0]|0)}
load();
return function(ms,tasks){var end=Date.now()+ms,k;
do{for(k=0;k<256;k++){W[0]=word(at>>>16);W[1]=word(at&65535);
if(zeros()>=bits){found+=text(word(at>>>16))+text(word(at&65535));if(++task===tasks)return{done:task,nonces:found};at=0;load()}else at++}
}while(Date.now()<end);return{done:task}}}`;

/** The whole script. Gives up with a word of advice where the browser keeps no cookie, instead of going round in circles. */
export const pageScript = `${solver}
(function(){
var box=document.getElementById('work'),bar=document.getElementById('bar'),say=document.getElementById('say'),data=box.dataset,tasks=+data.tasks,tries=0;
box.hidden=false;document.getElementById('without').hidden=true;
try{var held=(sessionStorage.getItem('sallyport-check')||'0 0').split(' ');tries=Date.now()-held[1]<60000?+held[0]:0;sessionStorage.setItem('sallyport-check',tries+1+' '+Date.now())}catch(e){}
if(tries>3){bar.hidden=true;say.textContent='Your browser did not keep the answer. Allow cookies for this site, then open the page again.';return}
var step=solver(data.seed,+data.bits);
(function more(){var r=step(14,tasks);bar.value=r.done;
if(!r.nonces){setTimeout(more,0);return}
say.textContent='Done. Opening the page.';
location.replace(data.at+'?c='+data.text+'&n='+r.nonces+'&to='+encodeURIComponent(data.to)+location.hash)})()
})()`;
