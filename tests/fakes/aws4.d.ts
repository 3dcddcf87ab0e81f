/** The part of `aws4` the fakes use: an independent SigV4 signer. */
declare module 'aws4' {
  interface SignedRequest {
    headers: Record<string, string>;
  }
  function sign(
    request: {
      host: string;
      path: string;
      method: string;
      service: string;
      region: string;
      headers: Record<string, string>;
    },
    credentials: { accessKeyId: string; secretAccessKey: string },
  ): SignedRequest;
  const aws4: { sign: typeof sign };
  export default aws4;
}
