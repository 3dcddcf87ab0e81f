/** Operators and stages of MongoDB's query language (MongoDB manual, query and aggregation operators), in lower case. */

/** No page of an application sends these as a field's name. */
export const strong: ReadonlySet<string> = new Set(
  (
    '$ne $gt $regex $where $nin $exists $expr $function $accumulator $func $elemmatch $nor $jsonschema $lookup $out ' +
    '$mod $reduce $regularexpression $code $bsonsize $rand $samplerate $bitsallset $bitsallclear $bitsanyset ' +
    '$bitsanyclear $inc $mul $rename $push $addtoset $setoninsert $currentdate $getfield $setfield'
  ).split(' '),
);

/** Applications that publish filters take these from their own pages. */
export const weak: ReadonlySet<string> = new Set(
  (
    '$gte $lt $lte $eq $in $or $and $not $all $size $type $text $comment $slice $max $set $addfields $match $limit ' +
    '$sort $project $group $min $unset $pull $merge $unionwith $graphlookup $options $facet $unwind $sample $count ' +
    '$currentop $listsessions $listlocalsessions $collstats $indexstats $plancachestats $sortbycount $bucket ' +
    '$bucketauto $replaceroot $replacewith $redact $geonear $setwindowfields $fill $densify $documents $search ' +
    '$vectorsearch $changestream $listsearchindexes $shardeddatadistribution $pullall $pop $bit ' +
    // Places, and the words of Sequelize, Strapi, MikroORM and Feathers for the same questions.
    '$near $nearsphere $geowithin $geointersects $like $ilike $notlike $notilike $iregexp $regexp $notregexp $startswith $startswithi ' +
    '$endswith $endswithi $contains $containsi $notcontains $notcontainsi $notnull $null $between $notbetween $notin $overlap $substring $any $is $eqi $nei'
  ).split(' '),
);
